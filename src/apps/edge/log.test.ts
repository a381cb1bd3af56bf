import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../../../test/harness/dialogue.ts';
import { openLog } from './log.ts';

const SETTINGS = { rotateAt: 2_000, keep: 50 };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-log-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

const linesOf = (file: string): { event: string; because?: string }[] =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));

test('a line is one event, and nothing that a stranger wrote acts on who reads it', async (t) => {
  const file = join(folderOf(t), 'log', 'edge.ndjson');
  const log = await openLog(file, SETTINGS, true);
  const hostile = 'a\u001b[2J\r\n{"event":"forged"}\u009b31m\u202e\u2028\u200b\ufeff';
  log.note('note', { because: hostile });
  await log.close();
  const text = readFileSync(file, 'utf8');
  assert.equal(text.split('\n').length, 2);
  assert.doesNotMatch(text.trimEnd(), /[^\x20-\x7e]/);
  assert.equal(linesOf(file)[0]?.because, hostile);
});

test('a log that has grown is renamed and begun anew, by one of those who write it', async (t) => {
  const file = join(folderOf(t), 'edge.ndjson');
  const first = await openLog(file, SETTINGS, true);
  const second = await openLog(file, SETTINGS, false);
  for (let number = 0; number < 30; number++) first.note('before', { number, text: 'x'.repeat(50) });
  await until(() => existsSync(`${file}.1`), 10_000);
  const files = () =>
    ['', ...Array.from({ length: 50 }, (_, age) => `.${age + 1}`)]
      .filter((age) => existsSync(file + age))
      .map((age) => linesOf(file + age).map(({ event }) => event));
  await until(() => {
    first.note('after', {});
    second.note('other', {});
    return files().some((events) => events.includes('after') && events.includes('other'));
  }, 10_000);
  await first.close();
  await second.close();
  assert.equal(
    files()
      .flat()
      .filter((event) => event === 'before').length,
    30,
  );
});

test('reopening goes on in a new file after somebody else renamed the old one', async (t) => {
  const file = join(folderOf(t), 'edge.ndjson');
  const log = await openLog(file, { rotateAt: 1e9, keep: 2 }, true);
  log.note('one', {});
  await until(() => existsSync(file) && linesOf(file).length === 1, 10_000);
  renameSync(file, `${file}.old`);
  log.reopen();
  log.note('two', {});
  await until(() => existsSync(file) && linesOf(file).length === 1, 10_000);
  await log.close();
  assert.equal(linesOf(`${file}.old`)[0]?.event, 'one');
  assert.equal(linesOf(file)[0]?.event, 'two');
});

test('a full disk costs lines and keeps nothing from ending', async () => {
  const log = await openLog('/dev/full', SETTINGS, false);
  log.note('lost', {});
  await log.close();
});
