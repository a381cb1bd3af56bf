import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { testCounters } from './counters-contract.ts';
import { memoryCounters } from './counters-memory.ts';
import { sqliteCounters } from './counters-sqlite.ts';

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'mailward-counters-'));
  folders.push(made);
  return made;
};
after(() => {
  for (const made of folders) rmSync(made, { recursive: true });
});

testCounters('memory', () => memoryCounters());
testCounters('sqlite', () => sqliteCounters(folder()));

const BUCKET = { capacity: 10, perSecond: 1 };
const NOW = Date.parse('2026-11-25T00:00:00Z');

test('two processes pour into one bucket', () => {
  const shared = folder();
  const [one, two] = [sqliteCounters(shared), sqliteCounters(shared)];
  for (let drop = 0; drop < 6; drop++) one.pour('a', 1, BUCKET, NOW);
  for (let drop = 0; drop < 6; drop++) two.pour('a', 1, BUCKET, NOW);
  one.exchange(NOW);
  two.exchange(NOW);
  assert.equal(two.pour('a', 1, BUCKET, NOW).full, true);
  // The first has not asked since; the next time it does, it sees both.
  one.pour('a', 0, BUCKET, NOW);
  one.exchange(NOW);
  assert.equal(one.pour('a', 1, BUCKET, NOW).full, true);
  one.set('k', 'v', NOW + 5_000);
  one.exchange(NOW);
  two.exchange(NOW);
  assert.equal(two.get('k', NOW), 'v');
  one.close();
  two.close();
});

test('what was poured and set is there after a restart', () => {
  const kept = folder();
  const first = sqliteCounters(kept);
  for (let drop = 0; drop < 10; drop++) first.pour('a', 1, BUCKET, NOW);
  first.set('k', 'v', Number.MAX_SAFE_INTEGER);
  first.close();
  const second = sqliteCounters(kept);
  assert.equal(second.get('k', NOW), 'v');
  assert.equal(second.pour('a', 1, BUCKET, NOW + 500).full, true);
  assert.equal(second.pour('a', 1, BUCKET, NOW + 1_500).full, false);
  second.close();
});

for (const [name, counters] of [
  ['memory', memoryCounters(100)],
  ['sqlite', sqliteCounters(folder(), 100)],
] as const) {
  test(`${name}: a flood of names does not grow the memory without bound`, () => {
    for (let key = 0; key < 5_000; key++) {
      counters.pour(`b${key}`, 1, BUCKET, NOW);
      counters.set(`v${key}`, 'x', NOW + 1_000);
    }
    assert.equal(counters.get('v4999', NOW), 'x');
    assert.equal(counters.pour('b4999', 0, BUCKET, NOW).level, 1);
  });
}
