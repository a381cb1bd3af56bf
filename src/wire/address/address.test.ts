import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readAddressList } from './lenient.ts';
import { isWireAddress, readWireAddress } from './strict.ts';

for (const text of ['a@b.example', '"a b"@c.example', 'a@[192.0.2.1]', 'a@[IPv6:2001:db8::1]', 'ü@b.example'])
  test(`${text} may go on the wire`, () => assert.ok(isWireAddress(readWireAddress(text))));

for (const [text, fault] of [
  ['a', 'no-at'],
  ['@b.example', 'no-local'],
  ['a..b@c.example', 'local-character'],
  ['a@', 'no-domain'],
  ['a@-b.example', 'label'],
  ['a@[300.0.0.1]', 'literal'],
  [`${'a'.repeat(65)}@b.example`, 'local-length'],
] as const)
  test(`${text.slice(0, 20)} may not: ${fault}`, () => {
    const read = readWireAddress(text);
    assert.equal(isWireAddress(read) ? 'none' : read.fault, fault);
  });

test('a quoted @ is not the one that counts (CVE-2025-13033)', () => {
  const read = readWireAddress('"a@evil.example x"@good.example');
  assert.ok(isWireAddress(read));
  assert.equal(read.domain, 'good.example');
});

test('a header is read as found: commas in names, comments for names, groups', () => {
  const { mailboxes, groups } = readAddressList(
    '"Doe, Ann" <ann@a.example>, bob@b.example (Bob), staff: =?utf-8?Q?J=C3=B6rg?= <j@c.example>;',
  );
  assert.deepEqual(
    mailboxes.map(({ name, address, group }) => [name, address, group]),
    [
      ['Doe, Ann', 'ann@a.example', null],
      ['Bob', 'bob@b.example', null],
      ['Jörg', 'j@c.example', 'staff'],
    ],
  );
  assert.deepEqual(groups, ['staff']);
});

test('what can be read in several ways is a flaw', () => {
  assert.ok(readAddressList('<a@a.example> <b@b.example>').flaws.includes('several-angles'));
  assert.ok(readAddressList('a@b.example@c.example').flaws.includes('several-at'));
  assert.ok(readAddressList('=?utf-8?Q?a=40evil.example?= <a@b.example').flaws.includes('unclosed'));
});
