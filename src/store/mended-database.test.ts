import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { sqliteCounters } from './counters-sqlite.ts';

const HOUR = 3_600_000;

/** A folder with counters that hold something. */
function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-mended-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const counters = sqliteCounters(folder);
  for (let number = 0; number < 2_000; number++) counters.set(`key-${number}`, 'x'.repeat(50), HOUR);
  counters.exchange(0);
  counters.close();
  return folder;
}

const fileIn = (folder: string) => join(folder, 'counters.sqlite');

/** What a power cut or a bad disk may leave. */
const DAMAGE: readonly (readonly [what: string, damage: (file: string) => void])[] = [
  ['is no database', (file) => writeFileSync(file, 'x'.repeat(20_000))],
  [
    'has pages that are others',
    (file) => {
      const bytes = readFileSync(file);
      bytes.fill(0xa5, 4_096, 60_000);
      writeFileSync(file, bytes);
    },
  ],
  ['was cut off', (file) => truncateSync(file, 4_096 * 3)],
];
for (const [what, damage] of DAMAGE) {
  test(`counters whose file ${what} begin anew, and the old file is kept aside`, (t) => {
    const folder = folderOf(t);
    damage(fileIn(folder));
    const told: string[] = [];
    const counters = sqliteCounters(folder, undefined, undefined, (aside) => told.push(aside));
    assert.deepEqual(told, [`${fileIn(folder)}.damaged`]);
    assert.equal(counters.get('key-1', 0), undefined);
    counters.set('new', 'a', HOUR);
    assert.equal(counters.exchange(0), null);
    counters.close();
    assert.equal(sqliteCounters(folder).get('new', 0), 'a');
    assert.ok(existsSync(`${fileIn(folder)}.damaged`));
  });
}

test('of processes that find it damaged at once one begins anew, and all count together', async (t) => {
  const folder = folderOf(t);
  writeFileSync(fileIn(folder), 'x'.repeat(20_000));
  const program = `import { sqliteCounters } from ${JSON.stringify(join(import.meta.dirname, 'counters-sqlite.ts'))};
    const counters = sqliteCounters(${JSON.stringify(folder)}, undefined, 5_000, () => console.log('mended'));
    counters.pour('all', 1, { capacity: 100, perSecond: 0 }, 0);
    const fault = counters.exchange(0);
    if (fault !== null) throw fault;
    counters.close();`;
  const run = promisify(execFile);
  const told = await Promise.all(
    Array.from({ length: 4 }, () => run(process.execPath, ['--input-type=module-typescript', '-e', program])),
  );
  assert.equal(told.filter(({ stdout }) => stdout === 'mended\n').length, 1);
  const counters = sqliteCounters(folder);
  assert.equal(counters.level('all', { capacity: 100, perSecond: 0 }, 0), 4);
  counters.close();
});

test('whole counters stay, and a disk that cannot be read while it runs costs the memory and no session', (t) => {
  const folder = folderOf(t);
  const counters = sqliteCounters(folder, undefined, 0, () => assert.fail('nothing was damaged'));
  assert.equal(counters.get('key-1', 0), 'x'.repeat(50));
  // Somebody throws the tables away under it: each read is a fault of SQLite.
  const other = new DatabaseSync(fileIn(folder));
  other.exec('DROP TABLE value; DROP TABLE bucket; DROP TABLE tally;');
  other.close();
  assert.equal(counters.get('key-2', 0), undefined);
  assert.equal(counters.level('b', { capacity: 1, perSecond: 1 }, 0), 0);
  assert.equal(counters.tally('t', 0, HOUR, 0), 0);
  assert.notEqual(counters.exchange(0), null);
});
