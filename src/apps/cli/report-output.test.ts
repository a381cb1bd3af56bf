import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { CannotError } from './io.ts';
import { save } from './report-output.ts';

test('a page replaces a link that someone put in its place, and leaves what it points to', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-save-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'precious'), 'mine');
  symlinkSync(join(folder, 'precious'), join(folder, 'page.html'));
  await save(join(folder, 'page.html'), '<p>new');
  assert.equal(readFileSync(join(folder, 'precious'), 'utf8'), 'mine');
  assert.equal(readFileSync(join(folder, 'page.html'), 'utf8'), '<p>new');
  assert.deepEqual(readdirSync(folder).sort(), ['page.html', 'precious']);
});

test('a page goes to a device as it is', async () => {
  await save('/dev/null', 'text');
});

test('a folder that is not there is named, and so is a folder in the place of the file', async () => {
  await assert.rejects(
    save('/dev/null/page.html', 'text'),
    (fault) => fault instanceof CannotError && /^\/dev\/null\/page\.html cannot be written/.test(fault.message),
  );
  await assert.rejects(save(tmpdir(), 'text'), CannotError);
});
