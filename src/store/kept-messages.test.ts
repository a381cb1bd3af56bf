import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { type KeptMessages, keptMessages } from './kept-messages.ts';
import { openMessageFolder } from './message-folder.ts';

const HOUR = 3_600_000;

interface Kept {
  readonly path: string;
  readonly folder: KeptMessages;
  readonly keep: (id: string) => Promise<'kept' | 'full'>;
  readonly tidy: () => Promise<void>;
  readonly aged: readonly string[];
}

function kept(t: TestContext): Kept {
  const root = mkdtempSync(join(tmpdir(), 'mailward-kept-'));
  t.after(() => rmSync(root, { recursive: true }));
  const path = join(root, 'quarantine');
  const aged: string[] = [];
  const messages = openMessageFolder(path, {
    bounds: () => ({ most: 10_000, keep: 24 * HOUR }),
    now: Date.now,
    aged: (id) => aged.push(id),
  });
  return {
    path,
    folder: keptMessages(path),
    keep: (id) => messages.keep(id, { id }, [Buffer.from('Subject: a\r\n\r\nb\r\n')]),
    tidy: () => messages.tidy(),
    aged,
  };
}

async function idsOf(folder: KeptMessages): Promise<string[]> {
  const ids: string[] = [];
  for await (const { id } of folder.list()) ids.push(id);
  return ids.sort();
}

const age = (file: string, milliseconds: number) => {
  const at = (Date.now() - milliseconds) / 1_000;
  utimesSync(file, at, at);
};

test('a folder that is not there yet is empty, and what a crash left half is no message', async (t) => {
  const { path, folder, keep } = kept(t);
  assert.deepEqual(await idsOf(folder), []);
  await keep('whole');
  writeFileSync(join(path, 'half.eml'), 'x');
  writeFileSync(join(path, 'begun.eml.new'), 'x');
  writeFileSync(join(path, 'lost.json'), '{}');
  assert.deepEqual(await idsOf(folder), ['whole']);
  assert.equal(await folder.find('half'), null);
  const found = await folder.find('whole');
  assert.deepEqual(found?.note, { id: 'whole' });
  assert.equal(found?.head.toString(), 'Subject: a\r\n\r\nb\r\n');
});

test('no id leads out of the folder', async (t) => {
  const { path, folder, keep } = kept(t);
  await keep('one');
  writeFileSync(join(path, '..', 'out.json'), '{}');
  writeFileSync(join(path, '..', 'out.eml'), 'secret');
  for (const id of ['../out', '..', '', './one', 'one\0', 'x'.repeat(81)])
    assert.equal(await folder.find(id), null, id);
});

test('a message is in one hand at a time, and a hand that died lets go', async (t) => {
  const { path, folder, keep } = kept(t);
  await keep('one');
  const giveBack = await folder.claim('one');
  assert.ok(giveBack !== null);
  assert.equal(await folder.claim('one'), null);
  await giveBack();
  writeFileSync(join(path, 'one.lock'), '4194305\n');
  const again = await folder.claim('one');
  assert.ok(again !== null, 'no process has that number');
  await again();
  assert.deepEqual(readdirSync(path).sort(), ['one.eml', 'one.json']);
});

test('a note is changed as a whole, and what is removed is gone', async (t) => {
  const { path, folder, keep } = kept(t);
  await keep('one');
  await folder.change('one', { id: 'one', left: ['b'] });
  assert.deepEqual((await folder.find('one'))?.note, { id: 'one', left: ['b'] });
  await folder.remove('one');
  assert.deepEqual(readdirSync(path), []);
});

test('what is too old goes and is told; what was never whole goes after an hour, and is no message that went', async (t) => {
  const { path, keep, tidy, aged } = kept(t);
  for (const id of ['old', 'young']) await keep(id);
  for (const kind of ['eml', 'json']) age(join(path, `old.${kind}`), 25 * HOUR);
  for (const name of ['half.eml', 'begun.json.new', 'fresh.eml']) writeFileSync(join(path, name), 'x');
  for (const name of ['half.eml', 'begun.json.new']) age(join(path, name), 2 * HOUR);
  await tidy();
  assert.deepEqual(readdirSync(path).sort(), ['fresh.eml', 'young.eml', 'young.json']);
  assert.deepEqual(aged, ['old']);
  rmSync(path, { recursive: true });
  await tidy();
  assert.ok(!existsSync(path));
});

test('a link is no message, and nothing is read or written where it leads', async (t) => {
  const { path, folder, keep } = kept(t);
  const secret = join(path, '..', 'secret');
  for (const id of ['one', 'two', 'three']) await keep(id);
  writeFileSync(secret, '{"id": "of root"}');
  for (const name of ['one.json', 'two.eml']) {
    rmSync(join(path, name));
    symlinkSync(secret, join(path, name));
  }
  assert.deepEqual(await idsOf(folder), ['three']);
  await assert.rejects(folder.message('two'), { code: 'ELOOP' });
  symlinkSync(secret, join(path, 'three.json.new'));
  await folder.change('three', { id: 'three', left: [] });
  assert.deepEqual((await folder.find('three'))?.note, { id: 'three', left: [] });
  assert.equal(readFileSync(secret, 'utf8'), '{"id": "of root"}');
});

test('what root changes stays whose it was', {
  skip: process.getuid?.() === 0 ? false : 'only root can change what is another’s',
}, async (t) => {
  const { path, folder, keep } = kept(t);
  await keep('one');
  chownSync(join(path, 'one.json'), 65_534, 65_534);
  await folder.change('one', { id: 'one' });
  assert.equal(statSync(join(path, 'one.json')).uid, 65_534);
});
