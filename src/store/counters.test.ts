import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, test } from 'node:test';
import { Worker } from 'node:worker_threads';
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

test('processes that count at the same time count together, and none waits for the other', async () => {
  const shared = folder();
  const work = `
    const { sqliteCounters } = await import(${JSON.stringify(new URL('./counters-sqlite.ts', import.meta.url).href)});
    const counters = sqliteCounters(${JSON.stringify(shared)});
    for (let round = 0; round < 50; round++) {
      for (let drop = 0; drop < 10; drop++) {
        counters.pour('pail', 1, { capacity: 5000, perSecond: 0.000001 }, ${NOW});
        counters.tally('tally', 1, 1e12, ${NOW});
      }
      counters.exchange(${NOW});
      await new Promise((resolve) => setImmediate(resolve));
    }
    counters.set('last-' + process.pid, 'done', ${NOW + 5_000});
    counters.close();
  `;
  const children = [1, 2, 3].map(() => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', work], {
      stdio: ['ignore', 'inherit', 'inherit'],
    });
    return once(child, 'exit').then(([code]) => ({ code, pid: child.pid }));
  });
  const ended = await Promise.all(children);
  assert.deepEqual(
    ended.map(({ code }) => code),
    [0, 0, 0],
  );
  const counters = sqliteCounters(shared);
  assert.equal(Math.round(counters.level('pail', { capacity: 5000, perSecond: 0.000001 }, NOW)), 1_500);
  assert.equal(Math.round(counters.tally('tally', 0, 1e12, NOW)), 1_500);
  for (const { pid } of ended) assert.equal(counters.get(`last-${pid}`, NOW), 'done');
  counters.close();
});

test('a file that another process makes at the same time is waited for', async () => {
  const shared = folder();
  const path = join(shared, 'counters.sqlite');
  // Holds the lock that a switch to WAL needs, and lets go of it soon after the other has begun to want it.
  const maker = new Worker(
    `const { DatabaseSync } = require('node:sqlite');
    const { parentPort, workerData } = require('node:worker_threads');
    const database = new DatabaseSync(workerData);
    database.exec('CREATE TABLE made (x); BEGIN EXCLUSIVE');
    parentPort.postMessage('held');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    database.exec('COMMIT');`,
    { eval: true, workerData: path },
  );
  const ended = once(maker, 'exit');
  await once(maker, 'message');
  const counters = sqliteCounters(shared, 100, 0);
  counters.pour('a', 1, BUCKET, NOW);
  assert.equal(counters.exchange(NOW), null);
  counters.close();
  await ended;
});

test('a file that another holds locked costs nobody his session: what was counted is exchanged later', () => {
  const shared = folder();
  const counters = sqliteCounters(shared, 100, 0);
  const other = new DatabaseSync(join(shared, 'counters.sqlite'));
  other.exec('BEGIN IMMEDIATE');
  counters.pour('a', 3, BUCKET, NOW);
  counters.tally('t', 2, 1e12, NOW);
  assert.match(String(counters.exchange(NOW)), /locked/);
  assert.equal(counters.pour('a', 1, BUCKET, NOW).level, 4);
  other.exec('COMMIT');
  other.close();
  assert.equal(counters.exchange(NOW), null);
  const second = sqliteCounters(shared);
  assert.equal(second.level('a', BUCKET, NOW), 4);
  assert.equal(second.tally('t', 0, 1e12, NOW), 2);
  second.close();
  counters.close();
});

test('a flood of names does not fill the disk: what would be forgotten first goes first', () => {
  const shared = folder();
  const counters = sqliteCounters(shared, undefined, undefined, undefined, 100);
  for (let name = 0; name < 500; name++) {
    counters.set(`greeted:${name}`, '', NOW + 1_000_000 + name);
    counters.pour(`unknown:${name}`, 1, { capacity: 9, perSecond: 0.00001 }, NOW);
    counters.tally(`against:${name}`, 1, 1e9, NOW);
  }
  counters.set('good:friend', '1', NOW + 9e9);
  counters.pour('guess:worst', 8, { capacity: 9, perSecond: 0.00001 }, NOW);
  counters.tally('for:friend', 50, 1e9, NOW);
  counters.exchange(NOW);
  counters.exchange(NOW + 60_000);
  counters.close();
  const database = new DatabaseSync(join(shared, 'counters.sqlite'));
  for (const [table, kept] of [
    ['value', 'good:friend'],
    ['bucket', 'guess:worst'],
    ['tally', 'for:friend'],
  ]) {
    const keys = database.prepare(`SELECT key FROM ${table}`).all() as { key: string }[];
    assert.equal(keys.length, 100, table);
    assert.ok(
      keys.some(({ key }) => key === kept),
      table,
    );
  }
  database.close();
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
