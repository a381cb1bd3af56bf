import assert from 'node:assert/strict';
import { test } from 'node:test';
import { generationsIn } from './exchange-build.ts';

const ranges: readonly (readonly [string, string | null])[] = [
  ['>=6.5 <7.0', '2003'],
  ['>=6.0 <7.0', '2000 or 2003'],
  ['>=8.0 <14.0', '2007'],
  ['>=8.0', '2007 or later'],
  ['>=14.0 <15.2', '2010 to 2016'],
  ['>=15.2', '2019 or SE'],
  ['', null],
];

for (const [range, words] of ranges) {
  test(`${JSON.stringify(range)} is Exchange ${words}`, () => assert.equal(generationsIn(range), words));
}
