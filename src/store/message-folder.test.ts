import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { type FolderBounds, openMessageFolder } from './message-folder.ts';

const DAY = 86_400_000;

async function withFolder(
  bounds: FolderBounds,
  body: (
    folder: ReturnType<typeof openMessageFolder>,
    path: string,
    pass: (ms: number) => void,
    aged: readonly string[],
  ) => Promise<void>,
) {
  const root = mkdtempSync(join(tmpdir(), 'mailward-folder-'));
  let now = Date.now();
  const aged: string[] = [];
  try {
    const path = join(root, 'quarantine');
    await body(
      openMessageFolder(path, { bounds: () => bounds, now: () => now, aged: (id) => aged.push(id) }),
      path,
      (ms) => {
        now += ms;
      },
      aged,
    );
  } finally {
    rmSync(root, { recursive: true });
  }
}

const message = [Buffer.from('Subject: a\r\n\r\n'), Buffer.from('.dot\r\n')];

test('a message and its note are there, byte for byte, for their owner alone', () =>
  withFolder({ most: 1_000, keep: DAY }, async (folder, path) => {
    assert.equal(await folder.keep('one', { score: 10 }, message), 'kept');
    assert.deepEqual(readdirSync(path).sort(), ['one.eml', 'one.json']);
    assert.equal(readFileSync(join(path, 'one.eml'), 'latin1'), 'Subject: a\r\n\r\n.dot\r\n');
    assert.deepEqual(JSON.parse(readFileSync(join(path, 'one.json'), 'utf8')), { score: 10 });
    assert.equal(statSync(join(path, 'one.eml')).mode & 0o777, 0o600);
    assert.equal(statSync(path).mode & 0o777, 0o700);
  }));

test('what has no room is not kept, also when several come at once', () =>
  withFolder({ most: 100, keep: DAY }, async (folder, path) => {
    const told = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((id) => folder.keep(id, {}, message)));
    assert.deepEqual(told, ['kept', 'kept', 'kept', 'kept', 'full']);
    assert.equal(readdirSync(path).length, 8);
  }));

test('what is too old makes room', () =>
  withFolder({ most: 30, keep: DAY }, async (folder, path, pass) => {
    assert.equal(await folder.keep('old', {}, message), 'kept');
    assert.equal(await folder.keep('new', {}, message), 'full');
    pass(2 * DAY);
    assert.equal(await folder.keep('new', {}, message), 'kept');
    assert.deepEqual(readdirSync(path).sort(), ['new.eml', 'new.json']);
  }));

test('a message of its own id is never written over', () =>
  withFolder({ most: 1_000, keep: DAY }, async (folder) => {
    await folder.keep('one', {}, message);
    await folder.keep('two', {}, [Buffer.from('x')]);
    await assert.rejects(Promise.all([folder.keep('three', {}, message), folder.keep('three', {}, message)]), {
      code: 'EEXIST',
    });
  }));

test('room that somebody makes is found within seconds', () =>
  withFolder({ most: 30, keep: DAY }, async (folder, path, pass) => {
    assert.equal(await folder.keep('one', {}, message), 'kept');
    assert.equal(await folder.keep('two', {}, message), 'full');
    for (const kind of ['json', 'eml']) rmSync(join(path, `one.${kind}`));
    pass(2_000);
    assert.equal(await folder.keep('two', {}, message), 'kept');
  }));

test('a folder that somebody took away is made anew', () =>
  withFolder({ most: 1_000, keep: DAY }, async (folder, path) => {
    assert.equal(await folder.keep('one', {}, message), 'kept');
    rmSync(path, { recursive: true });
    await assert.rejects(folder.keep('two', {}, message), { code: 'ENOENT' });
    assert.equal(await folder.keep('two', {}, message), 'kept');
  }));
