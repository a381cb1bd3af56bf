import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ldapLines } from './ldap-line.ts';

function octets(text: string): string {
  return `\x04${String.fromCharCode(text.length)}${text}`;
}

function attribute(name: string, ...values: readonly string[]): string {
  const set = values.map(octets).join('');
  const inner = `${octets(name)}1${String.fromCharCode(set.length)}${set}`;
  return `0${String.fromCharCode(inner.length)}${inner}`;
}

test('an LDAP answer is read value by value, by the lengths it tells', () => {
  const text = attribute('VendorName', 'Example Ltd') + attribute('vendorversion', 'Release 1.2.3', 'Build 0');
  assert.deepEqual(ldapLines(text), [
    'vendorname: Example Ltd',
    'vendorversion: Release 1.2.3',
    'vendorversion: Build 0',
  ]);
});

test('the tag behind a value is not read as part of it', () => {
  assert.deepEqual(ldapLines(`${attribute('vendorversion', 'Release 8.5.3')}0\x1e`), ['vendorversion: Release 8.5.3']);
});

test('a cut or lying answer gives what is whole', () => {
  const text = attribute('vendorname', 'Example Ltd');
  assert.deepEqual(ldapLines(text.slice(0, -3)), []);
  assert.deepEqual(ldapLines(`Software${attribute('a', 'b')}`), ['a: b']);
  assert.deepEqual(ldapLines('\x04\xff\x04\x04'), []);
  assert.deepEqual(ldapLines(''), []);
});
