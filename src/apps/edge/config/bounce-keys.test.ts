import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { readBounceKeys } from './bounce-keys.ts';

function fileOf(t: TestContext, text: string, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-keys-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'keys');
  writeFileSync(file, text);
  chmodSync(file, mode);
  return file;
}

const GOOD = '# ours\r\n\n  4 the newer secret, with blanks # and signs  \n3\t0123456789abcdef\n';

test('keys are read in their order, without comments and outer blanks', (t) => {
  assert.deepEqual(readBounceKeys(fileOf(t, GOOD)), [
    { number: 4, secret: 'the newer secret, with blanks # and signs' },
    { number: 3, secret: '0123456789abcdef' },
  ]);
});

for (const mode of [0o400, 0o600, 0o440, 0o640])
  test(`a file of mode ${mode.toString(8)} is used`, (t) => assert.ok(readBounceKeys(fileOf(t, GOOD, mode))));
for (const mode of [0o644, 0o604, 0o660, 0o602])
  test(`a file of mode ${mode.toString(8)} is not`, (t) => {
    const file = fileOf(t, GOOD, mode);
    assert.throws(() => readBounceKeys(file), new RegExp(`or written by a group: chmod 640 ${file}$`));
  });

for (const [text, fault] of [
  ['', /holds no key: umask 077; echo/],
  ['# none\n', /holds no key/],
  ['1 sixteen letters.\n2 short-secret-15\n', /keys:2:1 is no digit, blank and secret of 16 characters or more$/],
  ['12 0123456789abcdef\n', /keys:1:1 is no digit/],
  ['0123456789abcdef\n', /keys:1:1 is no digit/],
  [`${GOOD}4 one more secret of this number\n`, /has two keys of number 4: each needs its own digit$/],
] as const)
  test(`${JSON.stringify(text).slice(0, 40)} is refused, and not shown`, (t) => {
    const file = fileOf(t, text);
    assert.throws(
      () => readBounceKeys(file),
      (error: Error) => fault.test(error.message) && !/secret of this|abcdef|short-secret/.test(error.message),
    );
  });

test('a file that is not there comes with the way to make it', () => {
  assert.throws(() => readBounceKeys('/nowhere/keys'), /cannot be read: ENOENT.*Make it: umask 077; echo/);
});
