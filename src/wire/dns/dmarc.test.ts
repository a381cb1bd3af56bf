import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type DmarcRecord, dmarcTreeWalk, effectivePolicy, governing, readDmarc, type WalkedName } from './dmarc.ts';

function read(text: string): DmarcRecord {
  const record = readDmarc(text);
  assert.ok(!('fault' in record), text);
  return record;
}

test('all tags of RFC 9989 are read', () => {
  assert.deepEqual(
    read(
      'v=DMARC1; p=reject; sp=quarantine; np=none; t=y; adkim=s; aspf=s; psd=n; rua=mailto:a@x.example!10m,mailto:b@Y.example; ruf=mailto:c@x.example; fo=1; pct=50; ri=86400; x=y',
    ),
    {
      policy: 'reject',
      subdomainPolicy: 'quarantine',
      absentPolicy: 'none',
      fallback: null,
      testing: true,
      strictDkim: true,
      strictSpf: true,
      publicSuffix: 'n',
      aggregateTo: [
        { uri: 'mailto:a@x.example', domain: 'x.example' },
        { uri: 'mailto:b@Y.example', domain: 'y.example' },
      ],
      failureTo: [{ uri: 'mailto:c@x.example', domain: 'x.example' }],
      unusable: [],
      ignored: ['pct', 'ri', 'x'],
      percent: 50,
    },
  );
});

test('blanks, case of names and values, and a lone semicolon at the end do not matter', () => {
  const record = read('v = DMARC1 ;P=Reject;SP = None;');
  assert.deepEqual([record.policy, record.subdomainPolicy, record.publicSuffix], ['reject', 'none', 'u']);
});

test('a record that receivers ignore is a fault, with its place', () => {
  const broken: readonly (readonly [string, number])[] = [
    ['v=dmarc1; p=reject', 0],
    ['v=DMARC2; p=reject', 0],
    ['p=reject; v=DMARC1', 0],
    [' v=DMARC1; p=reject', 0],
    ['v=DMARC1', 0],
    ['v=DMARC1; p=discard', 9],
    ['v=DMARC1; p=reject; sp=all', 19],
    ['v=DMARC1; p=reject; p=none', 19],
    ['v=DMARC1; p=reject; rua', 19],
    ['v=DMARC1; p=reject mailto:a@b.example; rua=x', 9],
  ];
  for (const [text, at] of broken) {
    const record = readDmarc(text);
    assert.ok('fault' in record, text);
    assert.equal(record.at, at, text);
  }
});

test('a record without a usable policy counts as none if it asks for reports (RFC 9989 §4.7)', () => {
  for (const [text, fallback] of [
    ['v=DMARC1; rua=mailto:a@x.example', 'has no p'],
    ['v=DMARC1; p=block; rua=mailto:a@x.example', 'has p=block, which is not none, quarantine or reject'],
    ['v=DMARC1; p=reject; np=x; rua=mailto:a@x.example', 'has np=x, which is not none, quarantine or reject'],
  ] as const) {
    const record = read(text);
    assert.deepEqual([record.policy, record.fallback], ['none', fallback]);
  }
});

test('report addresses that nobody can send to are set apart', () => {
  const record = read('v=DMARC1; p=none; rua=me@x.example, mailto:a@x.example,https://x.example/r,mailto:nobody');
  assert.deepEqual(
    record.aggregateTo.map(({ uri }) => uri),
    ['mailto:a@x.example'],
  );
  assert.deepEqual(record.unusable, ['me@x.example', 'https://x.example/r', 'mailto:nobody']);
});

test('testing takes one level off', () => {
  assert.deepEqual(
    (['reject', 'quarantine', 'none'] as const).map((policy) => [
      effectivePolicy(policy, true),
      effectivePolicy(policy, false),
    ]),
    [
      ['quarantine', 'reject'],
      ['none', 'quarantine'],
      ['none', 'none'],
    ],
  );
});

test('the walk goes up to the last label, jumps to seven, and asks at most eight times', () => {
  assert.deepEqual(dmarcTreeWalk('a.b.example.com'), ['a.b.example.com', 'b.example.com', 'example.com', 'com']);
  assert.deepEqual(dmarcTreeWalk('com'), ['com']);
  assert.deepEqual(dmarcTreeWalk('a.b.c.d.e.f.g.h.i.j.mail.example.com'), [
    'a.b.c.d.e.f.g.h.i.j.mail.example.com',
    'g.h.i.j.mail.example.com',
    'h.i.j.mail.example.com',
    'i.j.mail.example.com',
    'j.mail.example.com',
    'mail.example.com',
    'example.com',
    'com',
  ]);
  assert.equal(dmarcTreeWalk('1.2.3.4.5.6.7.com').length, 8);
});

/** Walks `domain` through records given by name. */
function govern(domain: string, records: Readonly<Record<string, string>>): string | null {
  const walked = dmarcTreeWalk(domain).map(
    (name): WalkedName => ({ name, record: records[name] === undefined ? null : read(records[name]) }),
  );
  const found = governing(walked);
  return found === null ? null : `${found.kind} ${found.name}`;
}

test('the governing record is that of the domain, else of its organization, else of the public suffix', () => {
  const p = 'v=DMARC1; p=reject';
  assert.equal(govern('a.example.com', { 'a.example.com': p, 'example.com': p }), 'own a.example.com');
  assert.equal(govern('a.b.example.com', { 'example.com': p }), 'organizational example.com');
  assert.equal(govern('a.b.example.com', { 'b.example.com': p, 'example.com': p }), 'organizational example.com');
  assert.equal(
    govern('a.b.example.com', { 'b.example.com': `${p}; psd=n`, 'example.com': p }),
    'organizational b.example.com',
  );
  assert.equal(govern('a.example.bank', { bank: `${p}; psd=y` }), 'public-suffix bank');
  assert.equal(govern('a.example.bank', { 'example.bank': p, bank: `${p}; psd=y` }), 'organizational example.bank');
  assert.equal(govern('a.b.example.bank', { 'b.example.bank': p, bank: `${p}; psd=y` }), 'public-suffix bank');
  assert.equal(govern('example.com', {}), null);
});
