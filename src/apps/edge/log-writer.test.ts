import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, renameSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../../../test/harness/dialogue.ts';
import { openLogWriter } from './log-writer.ts';

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-writer-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

/** A pipe, with the end that is read. */
function pipeOf(t: TestContext): { readonly path: string; readonly end: number } {
  const path = join(folderOf(t), 'pipe');
  execFileSync('mkfifo', [path]);
  const end = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  t.after(() => closeSync(end));
  return { path, end };
}

function read(end: number): string {
  const piece = Buffer.alloc(65_536);
  let text = '';
  try {
    for (let count = readSync(end, piece); count > 0; count = readSync(end, piece))
      text += piece.toString('latin1', 0, count);
  } catch (fault) {
    assert.equal((fault as NodeJS.ErrnoException).code, 'EAGAIN');
  }
  return text;
}

const numbered = (from: number, to: number, width = 90) =>
  Array.from({ length: to - from }, (_, index) => `${String(from + index).padEnd(width, 'x')}\n`);

test('a pipe that is not read holds nobody up; the oldest lines wait, the newest are lost and counted, and all that come are whole', async (t) => {
  const { path, end } = pipeOf(t);
  const writer = await openLogWriter(path, 200_000);
  for (const line of numbered(0, 5_000)) writer.write(line);
  // 64 KiB are in the pipe, and as much as may be is held.
  await until(() => !writer.crowded || writer.lost > 0, 5_000);
  const { lost } = writer;
  assert.ok(lost > 2_000 && lost < 3_500, String(lost));
  let text = '';
  await until(() => {
    text += read(end);
    writer.flush();
    return text.split('\n').length > 5_000 - lost;
  }, 10_000);
  const lines = text.split('\n').slice(0, -1);
  assert.deepEqual(
    lines,
    numbered(0, 5_000 - lost).map((line) => line.trimEnd()),
  );
  await writer.close(1_000);
});

test('a pipe that is never read again keeps nothing from ending', async (t) => {
  const { path } = pipeOf(t);
  const writer = await openLogWriter(path);
  for (const line of numbered(0, 3_000)) writer.write(line);
  const began = performance.now();
  await writer.close(200);
  assert.ok(performance.now() - began < 2_000);
});

test('a pipe that nobody reads is said to be one', async (t) => {
  const path = join(folderOf(t), 'pipe');
  execFileSync('mkfifo', [path]);
  await assert.rejects(openLogWriter(path), /nobody reads .*pipe: begin to read it first/);
});

test('no line is cut in two by a new file, and none is missing', async (t) => {
  const path = join(folderOf(t), 'log');
  const writer = await openLogWriter(path);
  for (let round = 0; round < 20; round++) {
    for (const line of numbered(round * 100, (round + 1) * 100, 400)) writer.write(line);
    renameSync(path, `${path}.${round}`);
    writer.reopen();
    writer.flush();
    await until(() => isThere(path), 5_000);
  }
  await writer.close(5_000);
  const files = [...Array.from({ length: 20 }, (_, round) => `${path}.${round}`), path];
  const lines = files.flatMap((file) => readFileSync(file, 'latin1').split('\n').filter(Boolean));
  assert.deepEqual(
    lines,
    numbered(0, 2_000, 400).map((line) => line.trimEnd()),
  );
  assert.equal(writer.lost, 0);
});

test('what comes after the end goes nowhere: the number of the file may be another’s by then', async (t) => {
  const folder = folderOf(t);
  const writer = await openLogWriter(join(folder, 'log'));
  await writer.close(1_000);
  const other = join(folder, 'other');
  for (let count = 0; count < 20; count++) {
    const file = openSync(other, 'a');
    t.after(() => closeSync(file));
    writer.write('late\n');
    writer.flush();
    await stat(other);
  }
  assert.equal(readFileSync(other, 'latin1'), '');
});

function isThere(path: string): boolean {
  try {
    readFileSync(path);
    return true;
  } catch {
    return false;
  }
}
