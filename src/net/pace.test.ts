import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { createPace, POLITE, type Turn } from './pace.ts';

const settings = { ...POLITE, gap: 2_000, connections: 3, concurrency: 2 };

function turn(entered: Turn | { readonly ok: false; readonly reason: string }): Turn {
  assert.ok(entered.ok, 'a turn was expected');
  return entered;
}

/** Whether a promise has settled by now, without waiting for it. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  const pending = Symbol('pending');
  await new Promise((resolve) => setImmediate(resolve));
  return (await Promise.race([promise, Promise.resolve(pending)])) !== pending;
}

describe('pace', () => {
  it('keeps one connection to a host at a time, and a gap between them', async () => {
    const clock = createFakeClock();
    const pace = createPace(clock, settings);
    const first = turn(await pace.enter('192.0.2.1'));
    const second = pace.enter('192.0.2.1');
    assert.equal(await settled(second), false);
    first.leave();
    assert.equal(await settled(second), false);
    await clock.advance(1_999);
    assert.equal(await settled(second), false);
    await clock.advance(1);
    turn(await second);
  });

  it('lets other hosts in meanwhile, up to the concurrency of the run', async () => {
    const pace = createPace(createFakeClock(), settings);
    const first = turn(await pace.enter('192.0.2.1'));
    turn(await pace.enter('192.0.2.2'));
    const third = pace.enter('192.0.2.3');
    assert.equal(await settled(third), false);
    first.leave();
    turn(await third);
  });

  it('gives a host its connections and no more', async () => {
    const pace = createPace(createFakeClock(), { ...settings, gap: 0 });
    for (let count = 0; count < settings.connections; count += 1) turn(await pace.enter('192.0.2.1')).leave();
    const refused = await pace.enter('192.0.2.1');
    assert.equal(refused.ok ? 'turn' : refused.reason, 'budget');
  });

  it('goes to no host again that said it is too much, not even for those who wait', async () => {
    const pace = createPace(createFakeClock(), settings);
    const first = turn(await pace.enter('192.0.2.1'));
    const waiting = pace.enter('192.0.2.1');
    first.stop('421 too many');
    first.leave();
    for (const refused of [await waiting, await pace.enter('192.0.2.1')]) {
      assert.deepEqual(refused, { ok: false, reason: 'throttled', detail: '421 too many' });
    }
    turn(await pace.enter('192.0.2.2'));
  });

  it('counts the errors of one connection', async () => {
    const pace = createPace(createFakeClock(), settings);
    const held = turn(await pace.enter('192.0.2.1'));
    for (const left of [2, 1, 0, 0]) {
      held.provoked();
      assert.equal(held.errorsLeft, left);
    }
  });

  it('lets go of who waits when the run is stopped, and keeps no seat for him', async () => {
    const clock = createFakeClock();
    const pace = createPace(clock, { ...settings, concurrency: 1 });
    const stop = new AbortController();
    const first = turn(await pace.enter('192.0.2.1'));
    const sameHost = pace.enter('192.0.2.1', stop.signal);
    const otherHost = pace.enter('192.0.2.2', stop.signal);
    assert.equal(await settled(sameHost), false);
    stop.abort();
    for (const refused of [await sameHost, await otherHost])
      assert.equal(refused.ok ? 'turn' : refused.reason, 'budget');
    first.leave();
    first.leave();
    const again = pace.enter('192.0.2.2');
    // The host that was only waited for has to keep its own gap, from the moment it was let go.
    await clock.advance(2_000);
    turn(await again);
  });
});
