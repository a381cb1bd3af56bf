import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSpf, readSpf } from './spf.ts';

function faultOf(text: string): string {
  const read = readSpf(text);
  return 'fault' in read ? `${read.at} ${read.fault}` : '';
}

test('a record is SPF by its first word alone (RFC 7208 §4.5)', () => {
  for (const text of ['v=spf1', 'v=spf1 ', 'V=SPF1 -all', 'v=spf1 a']) assert.ok(isSpf(text), text);
  for (const text of ['v=spf10', ' v=spf1', 'v=spf1-all', 'v=spf2.0/pra', '"v=spf1', 'spf1', ''])
    assert.ok(!isSpf(text), text);
});

test('every mechanism and modifier is read', () => {
  const text =
    'v=spf1 +a a:h.example/24//64 mx//96 -include:_spf.example ~ip4:192.0.2.0/24 ?ip6:2001:db8::/32 exists:%{ir}.x.example ptr ptr:p.example redirect=r.example exp=e.example other=%{c} -ALL';
  assert.deepEqual(readSpf(text), {
    terms: [
      { kind: 'a', qualifier: '+', domain: null, prefix4: 32, prefix6: 128, at: 7 },
      { kind: 'a', qualifier: '+', domain: 'h.example', prefix4: 24, prefix6: 64, at: 10 },
      { kind: 'mx', qualifier: '+', domain: null, prefix4: 32, prefix6: 96, at: 29 },
      { kind: 'include', qualifier: '-', domain: '_spf.example', at: 36 },
      { kind: 'ip4', qualifier: '~', address: '192.0.2.0', prefix: 24, at: 58 },
      { kind: 'ip6', qualifier: '?', address: '2001:db8::', prefix: 32, at: 76 },
      { kind: 'exists', qualifier: '+', domain: '%{ir}.x.example', at: 95 },
      { kind: 'ptr', qualifier: '+', domain: null, at: 118 },
      { kind: 'ptr', qualifier: '+', domain: 'p.example', at: 122 },
      { kind: 'redirect', domain: 'r.example', at: 136 },
      { kind: 'exp', domain: 'e.example', at: 155 },
      { kind: 'modifier', name: 'other', value: '%{c}', at: 169 },
      { kind: 'all', qualifier: '-', at: 180 },
    ],
  });
});

test('what a receiver answers with permerror is a fault, with its place', () => {
  const broken: readonly (readonly [string, number])[] = [
    ['v=spf1 a:', 7],
    ['v=spf1  -all foo', 13],
    ['v=spf1 ipv4:192.0.2.1', 7],
    ['v=spf1 ip4:192.0.2', 7],
    ['v=spf1 ip4:192.0.2.256', 7],
    ['v=spf1 ip4:192.0.2.0/33', 7],
    ['v=spf1 ip4:192.0.2.0/024', 7],
    ['v=spf1 ip4:192.0.2.0//24', 7],
    ['v=spf1 ip6:2001:db8::/129', 7],
    ['v=spf1 ip6:2001:db8', 7],
    ['v=spf1 a/33', 7],
    ['v=spf1 a:h.example/', 7],
    ['v=spf1 a:h.example//129', 7],
    ['v=spf1 include', 7],
    ['v=spf1 include:', 7],
    ['v=spf1 include:example', 7],
    ['v=spf1 include:192.0.2.1', 7],
    ['v=spf1 include:a.-b', 7],
    ['v=spf1 include:%{z}.example', 7],
    ['v=spf1 include:%{d0}.example', 7],
    ['v=spf1 exists:%{t}.example', 7],
    ['v=spf1 exists:100%.example', 7],
    ['v=spf1 -all:example.com', 7],
    ['v=spf1 all/8', 7],
    ['v=spf1 --all', 7],
    ['v=spf1 a, mx', 7],
    ['v=spf1 redirect=', 7],
    ['v=spf1 redirect=a.example redirect=b.example', 26],
    ['v=spf1 x=%', 7],
    ['v=spf1 include:a.example;mx', 7],
    ['v=spf1 m\u00fc', 8],
    ['v=spf1 a\tmx', 8],
  ];
  for (const [text, at] of broken) {
    assert.notEqual(faultOf(text), '', text);
    assert.equal(Number.parseInt(faultOf(text), 10), at, text);
  }
});

test('what is unusual but allowed is read', () => {
  for (const text of [
    'v=spf1',
    'v=spf1     ',
    'v=spf1 a:h.example.',
    'v=spf1 include:a.b-c',
    'v=spf1 include:%{d}',
    'v=spf1 include:_spf.%{d2}',
    'v=spf1 exists:%{l1r+-}.%{i}._spf.%{d}',
    'v=spf1 a:%%%_%-.example',
    'v=spf1 ip4:0.0.0.0/0',
    'v=spf1 ip6:::1/0',
    'v=spf1 a:a:b.example',
    'v=spf1 exists:x/y.example',
    'v=spf1 moo=cow',
  ])
    assert.equal(faultOf(text), '', text);
});

test('a record without end is a fault, quickly', () => {
  assert.match(faultOf(`v=spf1 ${'a '.repeat(40_000)}`), /is longer than/);
  const start = performance.now();
  for (const piece of ['a:', '%{', '/', 'a-', '.', '%{d', '::'])
    assert.ok(faultOf(`v=spf1 a:${piece.repeat(4_000)}`) !== '' || piece !== '/', piece);
  assert.ok(performance.now() - start < 1_000);
});
