import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fromXtext, isXtext, toXtext } from './xtext.ts';

test('any bytes go through xtext and back, and nothing in it could end a parameter', () => {
  const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 }).map((given) => Buffer.from(given).toString('latin1'));
  fc.assert(
    fc.property(bytes, (text) => {
      const written = toXtext(text);
      assert.match(written, /^[!-<>-~]+$/);
      assert.ok(isXtext(written));
      assert.equal(fromXtext(written), text);
    }),
  );
});

for (const text of ['', 'a=b', 'a b', 'a+', 'a+0', 'a+2b', 'ä'])
  test(`${JSON.stringify(text)} is no xtext`, () => assert.equal(isXtext(text), false));
