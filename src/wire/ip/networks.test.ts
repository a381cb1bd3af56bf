import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { samePrefix } from './address.ts';
import { addressBytes, type Network, NetworkSet, networkOf, readNetwork } from './networks.ts';

const setOf = (...texts: string[]) => new NetworkSet(texts.map((text) => readNetwork(text) as Network));

test('an address belongs to the networks around it and to no other', () => {
  const set = setOf('10.0.0.0/8', '192.0.2.7', '192.0.2.128/25', '2001:db8::/32', '::1');
  for (const inside of [
    '10.0.0.0',
    '10.255.255.255',
    '192.0.2.7',
    '192.0.2.200',
    '2001:db8:1::5',
    '::1',
    '::ffff:10.1.2.3',
  ])
    assert.ok(set.has(inside), inside);
  for (const outside of [
    '9.255.255.255',
    '11.0.0.0',
    '192.0.2.6',
    '192.0.2.8',
    '192.0.2.127',
    '2001:db9::',
    '::2',
    'x',
    '',
  ])
    assert.ok(!set.has(outside), outside);
});

test('what is no network is none', () => {
  for (const text of [
    '10.0.0.1/8',
    '10.0.0.0/33',
    '10.0.0/8',
    '10.0.0.0/',
    '::/129',
    'a',
    '',
    '1.2.3.4/5/6',
    '010.0.0.0/8',
  ])
    assert.equal(readNetwork(text), null, text);
});

test('the set agrees with looking at every network', () => {
  const network = fc
    .tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 20, max: 32 }))
    .map(([value, prefix]) => readNetwork(`${networkOf(dotted(value), prefix, 64)}`) as Network);
  const run = (networks: readonly Network[], value: number) => {
    const address = dotted(value);
    const expected = networks.some(({ bytes, prefix }) =>
      samePrefix(bytes, addressBytes(address) as Uint8Array, prefix),
    );
    assert.equal(new NetworkSet(networks).has(address), expected);
  };
  // Few bits, so that networks overlap and addresses meet them.
  const few = fc.integer({ min: 0, max: 0x3fff });
  fc.assert(fc.property(fc.array(network, { maxLength: 20 }), fc.integer({ min: 0, max: 0xffffffff }), run));
  const near = fc
    .tuple(few, fc.integer({ min: 22, max: 32 }))
    .map(([value, prefix]) => readNetwork(networkOf(dotted(value), prefix, 64)) as Network);
  fc.assert(fc.property(fc.array(near, { maxLength: 20 }), few, run));
});

const dotted = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255].join('.');
