/**
 * Each rule of the edge is worth its place: switched off, an attack that it stopped comes further. The edge stands in front of a server that
 * believes everybody, inside this process, and only the attack at hand is played.
 */
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { mailFolder } from '../../src/apps/drill/mail-folder.ts';
import { readConfig } from '../../src/apps/edge/config/config-read.ts';
import { openGateway } from '../../src/apps/edge/gateway.ts';
import { filters } from '../../src/edge/filters/index.ts';
import type { EdgeRule } from '../../src/edge/rule.ts';
import { systemClock } from '../../src/net/clock.ts';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { drilled } from '../harness/drilled.ts';
import { MUTANTS, type Mutant, type Settings } from '../harness/edge-proofs.ts';
import { looseServer } from '../harness/loose-server.ts';

let dns: Awaited<ReturnType<typeof listenDns>>;
before(async () => {
  dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone('')));
});
after(() => dns.close());

/** What an attack comes to, and where, behind an edge with these settings. */
async function outcomeOf({ attack, hold = 1, off }: Mutant, settings: Settings): Promise<string> {
  await using server = await looseServer();
  const data = await mkdtemp(join(tmpdir(), 'mailward-mutant-'));
  const text = JSON.stringify({
    listen: ['127.0.0.1:0'],
    upstream: `${server.address}:${server.port}`,
    domains: ['example.test'],
    hostName: 'mx.edge.test',
    resolver: `${dns.address}:${dns.port}`,
    greetWait: '20ms',
    drain: '1s',
    ...settings,
  }).replaceAll('UPSTREAM', `${server.address}:${server.port}`);
  const config = readConfig(text, 'a mutant');
  assert.ok(!('faults' in config), JSON.stringify(config));
  const said = { listen: () => undefined, noted: () => undefined };
  const edge = await openGateway({
    config,
    data,
    clock: systemClock,
    ticketKeys: undefined,
    worker: 0,
    workers: 1,
    ...said,
  });
  try {
    // An edge that says yes hands nothing on: there is nothing to wait for.
    const mailbox = off === 'yes' ? {} : { mailbox: mailFolder(server.folder, 0) };
    const results = await drilled(edge.listening[0]!, { only: [attack], ...mailbox, briefing: { hold } });
    const { outcome, at, because } = results.get(attack)!;
    assert.notEqual(outcome, 'not-run', because);
    return `${outcome} at ${at}`;
  } finally {
    await edge.drain();
    await rm(data, { recursive: true });
  }
}

/** Softens a rule as an operator would. */
const noted = (rule: string, settings: Settings = {}): Settings => ({
  ...settings,
  rules: { [rule]: { action: 'note' } },
});

/** Runs `body` while the edge says yes where the rule says no, and goes on. */
async function sayingYes<T>({ rule: id, yes: [code, text] = [250, 'Ok'] }: Mutant, body: () => Promise<T>): Promise<T> {
  const rule = filters.flatMap(({ rules }) => rules).find((one) => one.id === id);
  assert.ok(rule?.fixed, `${id} can be softened: let it be`);
  const writable = rule as { -readonly [K in keyof EdgeRule]: EdgeRule[K] };
  const { action, reply } = rule;
  Object.assign(writable, { action: 'defer', reply: { code, text } });
  try {
    return await body();
  } finally {
    Object.assign(writable, { action, reply });
  }
}

async function prove(mutant: Mutant): Promise<void> {
  const { rule, settings = {}, off } = mutant;
  const held = await outcomeOf(mutant, settings);
  assert.match(held, /^(?:stopped|contained) /, `${rule} does not meet ${mutant.attack}`);
  const without =
    off === 'yes'
      ? await sayingYes(mutant, () => outcomeOf(mutant, settings))
      : await outcomeOf(mutant, off === 'note' ? noted(rule, settings) : off);
  assert.notEqual(without, held, `${mutant.attack} comes no further without ${rule}`);
}

const LIMIT = { timeout: 90_000 };

describe('a rule that is switched off lets its attack through', { concurrency: 6 }, () => {
  for (const mutant of MUTANTS.filter(({ off }) => off !== 'yes'))
    test(`${mutant.rule}: ${mutant.attack}`, LIMIT, () => prove(mutant));
});

// One at a time: what they change is shared by all edges of this process.
describe('a rule that cannot be softened lets its attack through when it says yes', () => {
  for (const mutant of MUTANTS.filter(({ off }) => off === 'yes'))
    test(`${mutant.rule}: ${mutant.attack}`, LIMIT, () => prove(mutant));
});
