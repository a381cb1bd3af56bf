import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CREDENTIAL_MAX, readCredential, readPlain, strictBase64 } from './sasl.ts';

test('base64 is read in one form alone', () => {
  assert.equal(strictBase64('')?.length, 0);
  assert.equal(strictBase64('AGEAYg==')?.toString('latin1'), '\0a\0b');
  for (const text of [
    'AGEAYg=',
    'AGEAYg',
    'AGEAYh==',
    'AGEA Yg==',
    'AGEAYg==\n',
    '====',
    'A===',
    'AGE-Yg==',
    '=AGE',
    '*',
  ])
    assert.equal(strictBase64(text), null, text);
});

test('whatever is encoded is read again, and nothing else encodes to the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      assert.deepEqual(strictBase64(Buffer.from(bytes).toString('base64')), Buffer.from(bytes));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'AQgw+/=-_ '), maxLength: 12 }), (text) => {
      const bytes = strictBase64(text);
      if (bytes !== null) assert.equal(bytes.toString('base64'), text);
    }),
  );
});

test('PLAIN has a name and a password, for oneself', () => {
  const read = (text: string) => readPlain(Buffer.from(text, 'utf8'));
  assert.deepEqual(read('\0anna\0open sesame'), { account: 'anna', password: 'open sesame' });
  assert.deepEqual(read('anna\0anna\0x'), { account: 'anna', password: 'x' });
  assert.deepEqual(read('\0änna@here.example\0pä\u{1f600}'), { account: 'änna@here.example', password: 'pä\u{1f600}' });
  for (const text of [
    '',
    '\0',
    'anna',
    '\0anna',
    '\0\0x',
    '\0anna\0',
    'root\0anna\0x',
    '\0anna\0x\0y',
    '\0an\nna\0x',
    '\0anna\0x\r',
  ])
    assert.equal(read(text), null, JSON.stringify(text));
  assert.equal(readPlain(Buffer.from('\0an\xff\0x', 'latin1')), null);
});

test('a name or a password has a length', () => {
  assert.equal(readCredential(Buffer.alloc(CREDENTIAL_MAX, 'a'))?.length, CREDENTIAL_MAX);
  assert.equal(readCredential(Buffer.alloc(CREDENTIAL_MAX + 1, 'a')), null);
});
