import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { showMailbox } from '../../wire/smtp/path.ts';
import { type AddressMap, addressKey, mapMailbox } from './address-map.ts';

const at = (address: string) => {
  const bytes = Buffer.from(address).toString('latin1');
  const dividing = bytes.lastIndexOf('@');
  return { local: bytes.slice(0, dividing), domain: bytes.slice(dividing + 1) };
};
const mapFrom = (
  addresses: Readonly<Record<string, string>>,
  domains: Readonly<Record<string, string>>,
): AddressMap => ({
  addresses: new Map(
    Object.entries(addresses).map(([from, to]) => [addressKey(at(from).local, at(from).domain), at(to)]),
  ),
  domains: new Map(Object.entries(domains).filter(([name]) => !name.startsWith('*.'))),
  below: new Map(
    Object.entries(domains).flatMap(([name, to]) => (name.startsWith('*.') ? [[name.slice(2), to] as const] : [])),
  ),
});
const map = mapFrom(
  {
    'bob@corp.local': 'robert@example.com',
    '"j doe"@corp.local': 'jane@example.com',
    'jörg@corp.local': 'joerg@example.com',
    'sales@example.com': 'office@example.com',
    'boss@lab.corp.example': '"the boss"@example.com',
  },
  {
    'corp.local': 'example.com',
    'xn--bcher-kva.example': 'example.com',
    '*.corp.example': 'example.com',
    '*.lab.corp.example': 'lab.example',
    'mail.corp.example': 'mx.example',
  },
);

for (const [from, to] of [
  ['anna@corp.local', 'anna@example.com'],
  ['Anna.O@CORP.local', 'Anna.O@example.com'],
  ['BOB@corp.local', 'robert@example.com'],
  ['"bob"@corp.local', 'robert@example.com'],
  ['"b\\ob"@corp.local', 'robert@example.com'],
  ['bob+list@corp.local', 'robert+list@example.com'],
  ['"bob+list"@corp.local', '"bob+list"@example.com'],
  ['boss+x@lab.corp.example', 'boss+x@example.com'],
  ['+bob@corp.local', '+bob@example.com'],
  ['"J Doe"@corp.local', 'jane@example.com'],
  ['jörg@corp.local', 'joerg@example.com'],
  ['ü@bücher.example', 'ü@example.com'],
  ['sales@corp.local', 'office@example.com'],
  ['a@x.corp.example', 'a@example.com'],
  ['a@y.x.corp.example', 'a@example.com'],
  ['a@x.lab.corp.example', 'a@lab.example'],
  ['a@lab.corp.example', 'a@example.com'],
  ['a@mail.corp.example', 'a@mx.example'],
] as const)
  test(`${from} becomes ${to}`, () => {
    assert.equal(Buffer.from(showMailbox(mapMailbox(map, at(from))), 'latin1').toString(), to);
  });

for (const other of [
  'anna@corp.example',
  'anna@xcorp.example',
  'anna@corp.local.example',
  'anna@example.com',
  'a@[192.0.2.1]',
  'postmaster@',
  'a@\u00fcber.example',
])
  test(`${other} stays the very same`, () => {
    const mailbox = at(other);
    assert.equal(mapMailbox(map, mailbox), mailbox);
  });

test('what comes out goes in again and stays', () => {
  const local = fc.constantFrom('bob', 'Bob+x', 'sales', '"j doe"', 'anna', 'boss', '"bob"');
  const domain = fc.constantFrom(
    'corp.local',
    'a.corp.example',
    'lab.corp.example',
    'b.lab.corp.example',
    'example.com',
    'other.example',
  );
  fc.assert(
    fc.property(local, domain, (local, domain) => {
      const once = mapMailbox(map, { local, domain });
      assert.equal(showMailbox(mapMailbox(map, once)), showMailbox(once));
    }),
  );
});
