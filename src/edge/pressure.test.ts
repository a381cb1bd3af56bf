import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  DEFAULT_PRESSURE,
  NO_PRESSURE,
  PRESSURE_SIGNALS,
  type PressureReadings,
  type PressureSignal,
  weigh,
  worst,
} from './pressure.ts';

const calm: PressureReadings = { loopDelay: 1, heap: 0.1, buffers: 0, places: 0, upstream: 10, disk: 0.5 };

/** The level after each look, where one signal takes these values and the others are calm. */
function levels(signal: PressureSignal, values: readonly (number | null)[]): string {
  let state = NO_PRESSURE;
  return values
    .map((value) => {
      state = weigh(state, { ...calm, [signal]: value }, DEFAULT_PRESSURE).state;
      return worst(state)[0];
    })
    .join('');
}

// n normal, h high, f full: one letter a look.
const table: readonly (readonly [why: string, signal: PressureSignal, values: readonly (number | null)[], string])[] = [
  ['one late turn of the loop is no pressure', 'loopDelay', [60, 1, 60, 60, 1], 'nnnnn'],
  ['three are', 'loopDelay', [60, 60, 60, 60], 'nnhh'],
  ['a loop that stands still is full at once after three', 'loopDelay', [500, 500, 500], 'nnf'],
  ['memory counts at once', 'heap', [0.71, 0.86], 'hf'],
  ['places count at once', 'places', [0.81, 0.96], 'hf'],
  ['messages in hand count at once', 'buffers', [0.71, 0.86], 'hf'],
  ['a disk counts at once', 'disk', [0.91, 0.98], 'hf'],
  ['a slow upstream must stay slow', 'upstream', [6_000, 6_000, 6_000, 21_000, 21_000, 21_000], 'nnhhhf'],
  ['exactly the bound is not above it', 'places', [0.8, 0.8], 'nn'],
  ['five better looks end it', 'places', [0.9, 0.1, 0.1, 0.1, 0.1, 0.1], 'hhhhhn'],
  [
    'four do not, and the count begins anew',
    'places',
    [0.9, 0.1, 0.1, 0.1, 0.1, 0.9, 0.1, 0.1, 0.1, 0.1],
    'hhhhhhhhhh',
  ],
  ['a little below the bound is not better', 'places', [0.9, 0.79, 0.79, 0.79, 0.79, 0.79, 0.79], 'hhhhhhh'],
  ['from full it falls by one level', 'places', [0.99, 0.85, 0.85, 0.85, 0.85, 0.85], 'fffffh'],
  ['or to normal where that is so', 'places', [0.99, 0.1, 0.1, 0.1, 0.1, 0.1], 'fffffn'],
  ['what cannot be measured changes nothing', 'disk', [0.95, null, null, null, null, null, null], 'hhhhhhh'],
];
for (const [why, signal, values, expected] of table) {
  test(`${signal}: ${why}`, () => assert.equal(levels(signal, values), expected));
}

test('each signal alone raises the level, and each change is told once with its value', () => {
  for (const signal of PRESSURE_SIGNALS) {
    let state = NO_PRESSURE;
    const told = [];
    const value = DEFAULT_PRESSURE[signal].full * 1.01;
    for (let look = 0; look < 4; look++) {
      const weighed = weigh(state, { ...calm, [signal]: value }, DEFAULT_PRESSURE);
      state = weighed.state;
      told.push(...weighed.changes);
    }
    assert.deepEqual(told, [{ signal, from: 'normal', to: 'full', value }]);
    assert.equal(worst(state), 'full');
  }
});

test('the worst signal decides', () => {
  const { state } = weigh(NO_PRESSURE, { ...calm, places: 0.85, heap: 0.9 }, DEFAULT_PRESSURE);
  assert.equal(worst(state), 'full');
});
