import assert from 'node:assert/strict';
import { isIPv4, isIPv6 } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { isInside, readIpv4, readIpv6, reverseName, showIpv6 } from './address.ts';

test('IPv6 addresses are shown as RFC 5952 wants them', () => {
  const shown: readonly (readonly [string, string])[] = [
    ['2001:DB8:0:0:0:0:2:1', '2001:db8::2:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['::', '::'],
    ['0:0:0:0:0:0:0:1', '::1'],
    ['1::', '1::'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
  ];
  for (const [text, expected] of shown) assert.equal(showIpv6(readIpv6(text) ?? new Uint8Array()), expected, text);
});

test('what is read and shown is the same address, and Node agrees on what is one', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      assert.deepEqual(readIpv6(showIpv6(bytes)), bytes);
    }),
  );
  const letters = fc.string({ unit: fc.constantFrom(...'0123456789abcfF:::..'), maxLength: 24 });
  fc.assert(
    fc.property(fc.oneof(letters, fc.ipV4(), fc.ipV6()), (text) => {
      assert.equal(readIpv6(text) !== null, isIPv6(text), text);
      // RFC 6943 §3.1.1: a leading zero is octal to some, so only Node is asked about those without.
      if (!/(^|\.)0\d/.test(text)) assert.equal(readIpv4(text) !== null, isIPv4(text), text);
    }),
    { numRuns: 2_000 },
  );
});

test('the reverse name of an address', () => {
  assert.equal(reverseName('192.0.2.25'), '25.2.0.192.in-addr.arpa');
  assert.equal(
    reverseName('2001:db8::567:89ab'),
    'b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  );
  assert.equal(reverseName('mx.example'), null);
});

test('addresses that only exist inside a network are told from public ones', () => {
  for (const inside of [
    '10.0.0.1',
    '127.0.0.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '169.254.1.1',
    '100.64.0.1',
    '0.0.0.0',
    '::1',
    '::',
    'fd00::1',
    'fe80::1',
    '::ffff:10.0.0.1',
  ])
    assert.ok(isInside(inside), inside);
  for (const outside of [
    '8.8.8.8',
    '172.32.0.1',
    '172.15.0.1',
    '100.128.0.1',
    '192.169.0.1',
    '2001:db8::1',
    '::ffff:8.8.8.8',
    'fc.example',
    'no address',
  ])
    assert.ok(!isInside(outside), outside);
});
