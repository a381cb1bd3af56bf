import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { byVerb, type ScriptedServer, scriptedServer } from '../../test/harness/scripted-server.ts';
import type { DrillReport } from '../finding/drill-report.ts';
import { systemClock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import type { Attack, Verdict } from './attack.ts';
import { runDrill } from './run.ts';
import type { Briefing } from './scout.ts';

const attack = (name: string, play: Attack['play']): Attack => ({
  name,
  title: 'A trick',
  threat: 'attack/engine',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'Something.',
  remedy: [{ platform: '*', text: 'Mend it.' }],
  references: ['RFC 5321'],
  cost: { connections: 1, messages: 0, bytes: 1, seconds: 1 },
  play,
});
const stopped: Verdict = { outcome: 'stopped', at: 'mail', because: '550 no', dialogues: [] };

async function drill(
  server: ScriptedServer,
  attacks: readonly Attack[],
  some: Partial<Briefing> = {},
  signal = new AbortController().signal,
) {
  const client = createSmtpClient({
    clock: systemClock,
    dial: createDialler({ clock: systemClock }),
    limits: { connect: 500, greeting: 500 },
  });
  const briefing: Briefing = {
    host: 'mx.example',
    address: server.address,
    port: server.port,
    near: false,
    hello: 'drill.example',
    sender: 'a@drill.example',
    foreign: 'nobody@example.com',
    date: 'Thu, 01 Jan 2026 00:00:00 +0000',
    authorised: 'Ann, a test',
    recipient: null,
    origin: null,
    apart: false,
    patience: 2_000,
    hold: 1,
    ...some,
  };
  return runDrill('mx.example:25', briefing, attacks, {
    clock: { ...systemClock, sleep: async (_, signal) => signal?.throwIfAborted() },
    attacker: () => client,
    honest: client,
    mailbox: null,
    token: (length) => 'q'.repeat(length),
    gap: 0,
    signal,
  });
}

const report = (made: DrillReport | { readonly fault: string }): DrillReport => {
  assert.ok(!('fault' in made), JSON.stringify(made));
  return made;
};

test('attacks run in order, each with a result, and the recipient is found by asking', async () => {
  await using server = await scriptedServer(byVerb('220 mx.corp.example', { EHLO: '250 mx.corp.example' }));
  const seen: string[] = [];
  const made = report(
    await drill(server, [
      attack('one', async ({ facts }) => {
        seen.push(`one ${facts.recipient}`);
        return stopped;
      }),
      attack('two', async () => {
        seen.push('two');
        return { ...stopped, outcome: 'passed' };
      }),
    ]),
  );
  assert.deepEqual(seen, ['one postmaster@corp.example', 'two']);
  assert.deepEqual(
    made.attacks.map(({ attack, outcome }) => [attack, outcome]),
    [
      ['one', 'stopped'],
      ['two', 'passed'],
    ],
  );
  assert.equal(made.score, 50);
});

test('a server that serves nobody after an attack was harmed, and the drill stops', async () => {
  let dead = false;
  const greet = (socket: Socket) => void (dead ? socket.destroy() : socket.write('220 mx\r\n'));
  const plain = byVerb('', {});
  await using server = await scriptedServer({ ...plain, greet });
  const made = report(
    await drill(server, [
      attack('kills', async () => {
        dead = true;
        return stopped;
      }),
      attack('next', async () => assert.fail('must not run')),
    ]),
  );
  assert.deepEqual(
    made.attacks.map(({ outcome }) => outcome),
    ['harmed', 'not-run'],
  );
  assert.match(made.attacks[1]?.because ?? '', /kills/);
});

test('a server that turns us away is not harmed, but nothing more is proven', async () => {
  let banned = false;
  const greet = (socket: Socket) => void socket.write(banned ? '421 go away\r\n' : '220 mx\r\n');
  await using server = await scriptedServer({ ...byVerb('', {}), greet });
  const made = report(
    await drill(server, [
      attack('annoys', async () => {
        banned = true;
        return stopped;
      }),
      attack('next', async () => assert.fail('must not run')),
    ]),
  );
  assert.deepEqual(
    made.attacks.map(({ outcome }) => outcome),
    ['stopped', 'not-run'],
  );
  assert.match(made.attacks[1]?.because ?? '', /421 go away/);
});

test('a server that recovers in time was not harmed', async () => {
  let silent = 0;
  const greet = (socket: Socket) => void (silent-- > 0 ? socket.destroy() : socket.write('220 mx\r\n'));
  await using server = await scriptedServer({ ...byVerb('', {}), greet });
  const made = report(
    await drill(server, [
      attack('stuns', async () => {
        silent = 2;
        return stopped;
      }),
    ]),
  );
  assert.equal(made.attacks[0]?.outcome, 'stopped');
});

test('an interrupted drill cuts what it is at, and says so of that and of what it did not try', async () => {
  await using server = await scriptedServer(byVerb('220 mx', {}));
  const stop = new AbortController();
  const made = report(
    await drill(
      server,
      [
        attack('one', async ({ clock }) => {
          stop.abort();
          await clock.sleep(60_000);
          return stopped;
        }),
        attack('two', async () => assert.fail('must not run')),
      ],
      {},
      stop.signal,
    ),
  );
  assert.deepEqual(
    made.attacks.map(({ because }) => because),
    ['the drill was interrupted', 'the drill was interrupted'],
  );
  assert.equal(made.endedEarly, 'the drill was interrupted');
});

test('where nobody greets there is no drill', async () => {
  await using server = await scriptedServer({ greet: (socket) => void socket.write('554 no\r\n') });
  const made = await drill(server, []);
  assert.ok('fault' in made && made.fault.includes('554 no'));
});
