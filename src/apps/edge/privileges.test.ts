import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { asOwnerOf, giveTo, idsOf } from './privileges.ts';

const skip = process.getuid?.() === 0 ? false : 'the test must be root to become somebody else';

/** A folder that is nobody's, in one that is root's and holds a secret that only root can read. */
function folders(t: TestContext): { readonly top: string; readonly theirs: string; readonly secret: string } {
  const top = mkdtempSync(join(tmpdir(), 'mailward-owner-'));
  t.after(() => rmSync(top, { recursive: true }));
  chmodSync(top, 0o711);
  const [theirs, secret] = [join(top, 'theirs'), join(top, 'secret')];
  mkdirSync(theirs);
  chownSync(theirs, nobody().uid, nobody().gid);
  writeFileSync(secret, 'of root', { mode: 0o600 });
  return { top, theirs, secret };
}

const nobody = () => idsOf('nobody');
const link = (to: string, at: string): void => {
  symlinkSync(to, at);
  lchownSync(at, nobody().uid, nobody().gid);
};

test('root who looks after the folder of another follows no link of his to where he may not go', {
  skip,
}, async (t) => {
  const { theirs, secret } = folders(t);
  link(secret, join(theirs, 'one.json.new'));
  const before = process.getgroups?.();
  await asOwnerOf(theirs, async () => {
    assert.throws(() => readFileSync(join(theirs, 'one.json.new')), { code: 'EACCES' });
    assert.throws(() => writeFileSync(join(theirs, 'one.json.new'), 'x'), { code: 'EACCES' });
    writeFileSync(join(theirs, 'two.json'), '{}');
  });
  assert.equal(statSync(join(theirs, 'two.json')).uid, nobody().uid);
  assert.equal(readFileSync(secret, 'utf8'), 'of root');
  assert.deepEqual([process.geteuid?.(), process.getegid?.(), process.getgroups?.()], [0, 0, before]);
});

test('a link is whose it is, unless root made it', { skip }, async (t) => {
  const { top, theirs } = folders(t);
  const whose = (path: string) => asOwnerOf(path, async () => process.geteuid?.());
  link(top, join(theirs, 'quarantine'));
  assert.equal(await whose(join(theirs, 'quarantine')), nobody().uid);
  symlinkSync(theirs, join(top, 'quarantine'));
  assert.equal(await whose(join(top, 'quarantine')), nobody().uid);
  assert.equal(await whose(join(top, 'absent')), 0);
});

test('a deed that fails leaves root root', { skip }, async (t) => {
  const { theirs } = folders(t);
  await assert.rejects(
    asOwnerOf(theirs, () => Promise.reject(new Error('no'))),
    /no/,
  );
  assert.equal(process.geteuid?.(), 0);
});

test('a folder that is given to a user takes along what is in it, and not where its links lead', { skip }, (t) => {
  const { theirs, secret } = folders(t);
  chownSync(theirs, 0, 0);
  writeFileSync(join(theirs, 'own'), '');
  symlinkSync(secret, join(theirs, 'link'));
  giveTo('nobody', theirs);
  for (const path of [theirs, join(theirs, 'own')]) assert.equal(lstatSync(path).uid, nobody().uid);
  assert.equal(statSync(secret).uid, 0);
});
