import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { UpstreamHealth } from './upstream-health.ts';

function watched() {
  const clock = createFakeClock();
  const notes: string[] = [];
  const health = new UpstreamHealth({ clock, noted: (state, detail) => notes.push(`${state} ${detail}`.trim()) });
  return { clock, notes, health };
}

test('a server that cannot be reached is down at once, looked at less and less often, and up when it answers', async () => {
  const { clock, notes, health } = watched();
  health.unreached('ECONNREFUSED');
  assert.equal(health.available, false);
  const waits: number[] = [];
  for (let look = 0; look < 7; look++) {
    const since = clock.monotonic();
    while (!health.due()) await clock.advance(100);
    waits.push(clock.monotonic() - since);
    health.unreached('ECONNREFUSED');
  }
  assert.deepEqual(waits, [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  health.opened();
  assert.equal(health.state, 'up');
  assert.deepEqual(notes, ['down ECONNREFUSED', 'up']);
});

test('a server that takes connections and answers no message is down after three, and comes back on trial', () => {
  const { notes, health } = watched();
  health.struck('silence');
  health.struck('silence');
  health.answered();
  for (let time = 0; time < 2; time++) health.struck('silence');
  assert.equal(health.state, 'up', 'an answer wipes out what was before');
  health.struck('silence');
  assert.equal(health.state, 'down');
  health.opened();
  assert.equal(health.state, 'trial');
  health.struck('silence');
  assert.equal(health.state, 'down', 'on trial one is enough');
  health.opened();
  health.answered();
  assert.equal(health.state, 'up');
  assert.deepEqual(notes, ['down silence', 'up', 'down silence', 'up']);
});

test('a server nobody heard of for a while is looked at, and at once when its resting connection ends', async () => {
  const { clock, health } = watched();
  assert.equal(health.due(), false);
  await clock.advance(30_000);
  assert.equal(health.due(), true);
  assert.equal(health.due(), false, 'once');
  health.answered();
  health.doubted();
  assert.equal(health.due(), true);
});
