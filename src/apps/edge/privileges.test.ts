import assert from 'node:assert/strict';
import { lstatSync, mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { giveTo, idsOf } from './privileges.ts';

test('a folder that is given to a user takes along what is in it, and not where its links lead', {
  skip: process.getuid?.() === 0 ? false : 'only root can give a folder away',
}, (t) => {
  const top = mkdtempSync(join(tmpdir(), 'mailward-given-'));
  t.after(() => rmSync(top, { recursive: true }));
  const [theirs, secret] = [join(top, 'theirs'), join(top, 'secret')];
  mkdirSync(theirs);
  for (const path of [secret, join(theirs, 'own')]) writeFileSync(path, '');
  symlinkSync(secret, join(theirs, 'link'));
  giveTo('nobody', theirs);
  for (const path of [theirs, join(theirs, 'own')]) assert.equal(lstatSync(path).uid, idsOf('nobody').uid);
  assert.equal(statSync(secret).uid, 0);
});
