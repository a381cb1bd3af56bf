import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readAddressList } from '../../wire/address/lenient.ts';
import { addressSpans } from '../../wire/address/spans.ts';
import type { AddressMap } from '../envelope/address-map.ts';
import { changeAddresses, changeIds } from './header-addresses.ts';

const map: AddressMap = {
  addresses: new Map([
    ['bob@corp.local', { local: 'robert', domain: 'example.com' }],
    ['j doe@corp.local', { local: '"Jane D"', domain: 'example.com' }],
  ]),
  domains: new Map([['corp.local', 'example.com']]),
  below: new Map([['corp.example', 'a-much-longer-name.example.com']]),
};
const changed = (text: string): string => changeAddresses(text, text.indexOf(':') + 1, map)?.text ?? text;

for (const [before, after] of [
  ['From: Anna <anna@corp.local>\r\n', 'From: Anna <anna@example.com>\r\n'],
  ['From:bob@CORP.LOCAL\r\n', 'From:robert@example.com\r\n'],
  [
    'From: "bob@corp.local" <bob@corp.local> (bob@corp.local)\r\n',
    'From: "bob@corp.local" <robert@example.com> (bob@corp.local)\r\n',
  ],
  [
    'From: =?utf-8?Q?bob@corp.local,?=\r\n <anna@corp.local>\r\n',
    'From: =?utf-8?Q?bob@corp.local,?=\r\n <anna@example.com>\r\n',
  ],
  [
    'To: Staff: anna@corp.local,\r\n\tx@y.example, "J Doe"@corp.local;,<z@host.corp.example>\r\n',
    'To: Staff: anna@example.com,\r\n\tx@y.example, "Jane D"@example.com;,<z@a-much-longer-name.example.com>\r\n',
  ],
  ['To: anna (at home)@(in the)\r\n corp.local.\r\n', 'To: anna (at home)@(in the)\r\n example.com.\r\n'],
  ['To: J\xc3\xb6rg <j\xc3\xb6rg@corp.local>\r\n', 'To: J\xc3\xb6rg <j\xc3\xb6rg@example.com>\r\n'],
  ['To: x@bob@corp.local\r\n', 'To: x@bob@example.com\r\n'],
  ['To: bob+x@corp.local', 'To: robert+x@example.com'],
  ['To: anna@corp.local.example, corp.local, "anna"@[10.0.0.1]\r\n', null],
  ['To: undisclosed-recipients:;\r\n', null],
] as const)
  test(`${JSON.stringify(before)} becomes ${after === null ? 'nothing else' : JSON.stringify(after)}`, () =>
    assert.equal(changed(before), after ?? before));

test('ids change their domain alone, and only where it is one of the inside', () => {
  const text = 'References: <bob@corp.local> <1@ex01.corp.example>\r\n\t<2$x@y.example>\r\n';
  assert.equal(
    changeIds(text, 11, map)?.text,
    'References: <bob@example.com> <1@a-much-longer-name.example.com>\r\n\t<2$x@y.example>\r\n',
  );
  assert.equal(changeIds('References: <2@y.example>\r\n', 11, map), null);
});

const name = fc.constantFrom(
  '',
  'Anna',
  '"Doe, bob@corp.local"',
  '=?utf-8?B?YW5uYUBjb3JwLmxvY2Fs?=',
  '(c) Bob',
  'J\xc3\xb6rg',
);
const local = fc.constantFrom('anna', 'bob', 'BOB+x', '"j doe"', '"a,b@c"', 'a.b', 'j\xc3\xb6rg');
const outside = fc.constantFrom('y.example', 'corp.local.example', 'xcorp.local', 'corp.example', '[192.0.2.1]');
const inside = fc.constantFrom('corp.local', 'Corp.Local', 'a.corp.example', 'b.a.corp.example');
const gap = fc.constantFrom(', ', ',', ',\r\n\t', ' ,\r\n ');
const field = (domain: fc.Arbitrary<string>) =>
  fc
    .array(fc.record({ name, local, domain, gap }), { minLength: 1, maxLength: 60 })
    .map(
      (boxes) =>
        `To: ${boxes.map(({ name, local, domain, gap }, index) => `${index === 0 ? '' : gap}${name === '' ? `${local}@${domain}` : `${name} <${local}@${domain}>`}`).join('')}\r\n`,
    );

test('a field without addresses of the map goes on as the same bytes', () => {
  fc.assert(fc.property(field(outside), (text) => assert.equal(changeAddresses(text, 3, map), null)));
});

/** All that stands between the addresses of a field, without the CRLF of folds. */
const between = (text: string): string => {
  let out = '';
  let from = 0;
  for (const { start, end } of addressSpans(text)) {
    out += `${text.slice(from, start)}@`;
    from = end;
  }
  return (out + text.slice(from)).replace(/\r\n/g, '');
};
const unfolded = (text: string): string => text.replace(/\r\n(?=[ \t])/g, '').trimEnd();

test('a changed field reads as the same list with the changed addresses, and all between them stays', () => {
  fc.assert(
    fc.property(field(fc.oneof(inside, outside)), (text) => {
      const after = changed(text);
      assert.ok(
        after.split('\r\n').every((line) => line.length <= 998),
        'no line is too long',
      );
      assert.ok(
        after
          .split('\r\n')
          .slice(0, -1)
          .every((line) => line.trim() !== ''),
        'no line is blank',
      );
      assert.equal(between(after).replace(/,(?! )/g, ', '), between(text).replace(/,(?! )/g, ', '));
      const was = readAddressList(unfolded(text).slice(3));
      const is = readAddressList(unfolded(after).slice(3));
      assert.deepEqual(
        is.mailboxes.map((box) => box.name),
        was.mailboxes.map((box) => box.name),
      );
      assert.deepEqual(is.flaws, was.flaws);
      assert.ok(is.mailboxes.every(({ domain }) => !/^corp\.local$|.\.corp\.example$/.test(domain)));
      assert.equal(changeAddresses(after, 3, map), null, 'a second time nothing changes');
    }),
    { numRuns: 300 },
  );
});

test('a line that grows too long is folded behind an address, one without a place stays whole, one that was too long stays', () => {
  const list = Array.from({ length: 40 }, (_, index) => `user${index}@a.corp.example`);
  for (const gap of [',', ', ', ' ']) {
    const text = `To: ${list.join(gap)}\r\n`;
    assert.ok(text.length < 998);
    const lines = changed(text).split('\r\n');
    assert.ok(lines.length > 2 && lines.every((line) => line.length <= 998));
    assert.ok(lines.slice(1, -1).every((line) => /^ user\d+@/.test(line)));
  }
  const whole = `To: "${'x'.repeat(960)}" <a@a.corp.example>\r\n`;
  assert.equal(changed(whole).split('\r\n').length, 2);
  const blanks = `To: ${'x'.repeat(900)}@a.corp.example,${' '.repeat(70)}\r\n b@y.example\r\n`;
  assert.equal(changed(blanks).split('\r\n').length, 3, 'no line of blanks alone');
  const long = `To: ${[...list, ...list].join(',')}\r\n`;
  assert.equal(changed(long).split('\r\n').length, 2);
});
