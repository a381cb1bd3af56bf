/** One edge before many servers, or many ways to one: a domain of recipients for each case, so that a table of cases costs one start. */
import assert from 'node:assert/strict';
import { listenDns } from '../../src/net/dns-listener.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { send } from './client.ts';
import { until } from './dialogue.ts';
import { type RunningEdge, withEdge } from './edge.ts';
import type { GuardedMx } from './guarded-mx.ts';

/** What becomes of a letter: how it goes on, or why it is put off. */
export type Fate = 'inside TLS' | 'in the clear' | RegExp;

export interface Case {
  readonly what: string;
  /** The host of the server, of which the log tells. */
  readonly host: string;
  /** YAML. */
  readonly entry: string;
  readonly fate: Fate;
}

export const domainOf = (number: number): string => `case${number}.test`;

/** Replies until that to RCPT is there: of the greeting, EHLO, MAIL and RCPT. */
const BEFORE_DATA = 3;
/** Milliseconds for what comes by itself: a server that is found to be down, a letter in a mailbox. */
const PATIENCE = 20_000;

/** Runs `body` with an edge whose domain `case0.test` goes the way of the first case, and so on. DNS is a declared zone, or a server's. */
export async function withRoutes(
  { roots }: Pick<GuardedMx, 'roots'>,
  cases: readonly Pick<Case, 'entry'>[],
  dns: string | { readonly address: string; readonly port: number },
  body: (edge: RunningEdge) => Promise<void>,
): Promise<void> {
  const declared = typeof dns === 'string' ? await listenDns('127.0.0.1', 0, createZoneServer(readZone(dns))) : null;
  const { address, port } = declared ?? (dns as { readonly address: string; readonly port: number });
  const routes = cases.map(({ entry }, number) => `${domainOf(number)}: ${entry}`).join(', ');
  const settings = {
    upstream: `{ ${routes} }`,
    domains: cases.map((_, number) => domainOf(number)),
    config: `resolver: "${address}:${port}"\nexempt: [127.0.0.0/8]\nrecipients: { ask: false }`,
    roots,
  };
  try {
    await withEdge(settings, body);
  } finally {
    await declared?.close();
  }
}

/** Sends a letter the way of a case and tells what became of it; throws unless that is what was expected. */
export async function expectFate(
  edge: RunningEdge,
  mx: GuardedMx,
  number: number,
  { what, host, fate }: Case,
): Promise<void> {
  const subject = `case ${number} ${what}`;
  if (fate instanceof RegExp) await until(async () => (await reasons(edge, host)) !== '', PATIENCE);
  const replies = await send(edge, 'a@sender.test', [`all@${domainOf(number)}`], `Subject: ${subject}\n\nx`);
  const refusal = replies.findIndex((line) => !/^[23]/.test(line));
  const last = replies.at(refusal) ?? '';
  if (fate instanceof RegExp) {
    assert.match(await reasons(edge, host), fate, what);
    assert.match(last, /^451 4\.\d\.\d /, what);
    assert.ok(refusal <= BEFORE_DATA, `${what}: early`);
    assert.deepEqual(await mx.lettersOf(subject), [], what);
    return;
  }
  assert.match(last, /^250 /, what);
  await until(async () => (await mx.lettersOf(subject)).length > 0, PATIENCE);
  const [text = ''] = await mx.lettersOf(subject);
  const protocol = /by mx\.example\.test \(Postfix\) with (E?SMTPS?) /.exec(text)?.[1];
  assert.equal(protocol, fate === 'inside TLS' ? 'ESMTPS' : 'ESMTP', what);
}

/** Why a server is thought to be down, as the log tells it. */
async function reasons(edge: RunningEdge, host: string): Promise<string> {
  const events = await edge.events();
  return events
    .filter((event) => event['event'] === 'upstream' && String(event['place']).startsWith(`${host}:`))
    .map((event) => event['detail'])
    .join('\n');
}
