import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../../test/harness/fake-clock.ts';
import { HandOnTimes } from './hand-on-times.ts';

test('answers count while they are fresh, and those that are owed count by their age', async () => {
  const clock = createFakeClock();
  const times = new HandOnTimes(clock);
  assert.equal(times.median, 0);
  const slow = Promise.withResolvers<string>();
  const work = times.of(slow.promise);
  await clock.advance(7_000);
  assert.equal(times.median, 7_000);
  assert.equal(times.pending, 1);
  slow.resolve('done');
  assert.equal(await work, 'done');
  assert.equal(times.pending, 0);
  await clock.advance(29_000);
  assert.equal(times.median, 7_000);
  await clock.advance(1_000);
  assert.equal(times.median, 0);
});

test('a failure is timed too, and one slow message among quick ones is no slow server', async () => {
  const clock = createFakeClock();
  const times = new HandOnTimes(clock);
  const stuck = Promise.withResolvers<void>();
  const waiting = times.of(stuck.promise);
  await clock.advance(20_000);
  for (let quick = 0; quick < 5; quick++) await times.of(Promise.resolve());
  await assert.rejects(times.of(Promise.reject(new Error('gone'))));
  assert.equal(times.median, 0);
  stuck.resolve();
  await waiting;
});
