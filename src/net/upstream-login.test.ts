import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { scriptedServer } from '../../test/harness/scripted-server.ts';
import type { UpstreamWay } from './smtp-upstream-pool.ts';
import { UpstreamLogins } from './upstream-login.ts';

function loginsAt(locate: () => Promise<UpstreamWay | null>) {
  const clock = createFakeClock();
  const settings = { protocol: 'smtp', hostName: 'mx.here.test', tls: { mode: 'none' }, connections: 2 } as const;
  return { clock, logins: new UpstreamLogins({ ...settings, clock, openTimeout: 30_000, locate }) };
}

const told = (answer: Awaited<ReturnType<UpstreamLogins['check']>>) =>
  answer.kind === 'accepted' ? 'accepted' : `${answer.kind}: ${answer.detail}`;

test('the answer is there at the deadline: while the way is looked for, and while the server says nothing', async () => {
  const never = loginsAt(() => new Promise(() => undefined));
  const first = never.logins.check('a', 'b', never.clock.monotonic() + 3_000);
  await never.clock.advance(3_000);
  assert.equal(told(await first), 'unknown: no way to it was found in time');

  await using server = await scriptedServer({});
  const silent = loginsAt(async () => ({ host: server.address, port: server.port }));
  const second = silent.logins.check('a', 'b', silent.clock.monotonic() + 3_000);
  // The connection is there once the server has it.
  while (server.connections === 0) await new Promise((resolve) => setImmediate(resolve));
  await silent.clock.advance(3_000);
  silent.logins.sweep();
  assert.equal(told(await second), 'unknown: no answer in time');
});

test('why no way may be gone is told as it is', async () => {
  const { clock, logins } = loginsAt(() => Promise.reject(new Error('the policy does not name it')));
  assert.equal(told(await logins.check('a', 'b', clock.monotonic() + 3_000)), 'unknown: the policy does not name it');
});
