import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { originalRecipient, readOriginalRecipient } from './original-recipient.ts';
import { isXtext } from './xtext.ts';

test('any address of the wire goes through ORCPT and back', () => {
  const local = fc.stringMatching(/^[ -~äß人]{1,20}$/).map((text) => Buffer.from(text).toString('latin1'));
  const domain = fc.constantFrom('x.example', '[192.0.2.1]', Buffer.from('bücher.example').toString('latin1'));
  fc.assert(
    fc.property(local, domain, (local, domain) => {
      const value = originalRecipient({ local, domain });
      assert.match(value, /^(?:rfc822|utf-8);[!-~]+$/);
      if (value.startsWith('rfc822;')) assert.ok(isXtext(value.slice(7)));
      assert.deepEqual(readOriginalRecipient(value), { local, domain });
    }),
  );
});

for (const value of [
  '',
  'rfc822;',
  'rfc822;bob',
  'rfc822;@x',
  'rfc822;bob@',
  'x400;/C=a@b',
  'rfc822;a+0D+0Ab@c',
  'utf-8;\xff@c',
  'utf-8;\\x{0A}@c',
])
  test(`${JSON.stringify(value)} names no address`, () => assert.equal(readOriginalRecipient(value), null));
