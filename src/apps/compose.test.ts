import assert from 'node:assert/strict';
import { hostname } from 'node:os';
import { test } from 'node:test';
import { scriptedServer } from '../../test/harness/scripted-server.ts';
import { systemClock } from '../net/clock.ts';
import { listenDns } from '../net/dns-listener.ts';
import { readZone } from '../range/zone.ts';
import { createZoneServer } from '../range/zone-server.ts';
import { type ReachOptions, randomToken, scanTools } from './compose.ts';

const NONE: ReachOptions = { resolvers: null, timeout: null, concurrency: 2 };
const toolsOf = (options: Partial<ReachOptions>, signal = new AbortController().signal) =>
  scanTools({ ...NONE, ...options }, systemClock, signal);

test('the resolver that was named is asked', async (t) => {
  const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone('d.example A 192.0.2.7')));
  t.after(() => dns.close());
  const { resolver } = toolsOf({ resolvers: [{ address: '127.0.0.1', port: dns.port }] });
  t.after(() => resolver.close());
  const answer = await resolver.query('d.example', 'A');
  assert.ok(answer.status === 'found');
  assert.deepEqual(
    answer.records.map((record) => 'address' in record && record.address),
    ['192.0.2.7'],
  );
});

test('the timeout bounds each step of a server that says nothing', async () => {
  await using server = await scriptedServer({});
  const { smtp, resolver } = toolsOf({ timeout: 0.05, resolvers: [] });
  resolver.close();
  const opened = await smtp.open(server);
  assert.ok(opened.ok);
  const greeting = await opened.connection.greeting();
  assert.deepEqual(greeting, { ok: false, reason: 'silent', detail: 'no byte within 0.05 s' });
});

test('no more connections are open at once than the concurrency says', async () => {
  const { pace, resolver } = toolsOf({ concurrency: 2, resolvers: [] });
  resolver.close();
  const [one, two] = await Promise.all([pace.enter('192.0.2.1'), pace.enter('192.0.2.2')]);
  let third = false;
  const waiting = pace.enter('192.0.2.3').then((turn) => {
    third = true;
    return turn;
  });
  await new Promise(setImmediate);
  assert.equal(third, false);
  assert.ok(one.ok && two.ok);
  one.leave();
  const turn = await waiting;
  assert.ok(turn.ok);
});

test('who asks is this machine, and can be written to', () => {
  const { asker, resolver } = toolsOf({ resolvers: [] });
  resolver.close();
  assert.deepEqual(asker, { hostName: hostname(), mailbox: `postmaster@${hostname()}` });
});

test('a token is lower-case letters, as many as wanted, and never the same', () => {
  const tokens = Array.from({ length: 100 }, () => randomToken(16));
  assert.equal(new Set(tokens).size, 100);
  for (const token of tokens) assert.match(token, /^[a-z]{16}$/);
});
