import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readParameters } from './parameters.ts';

const LIMIT = 100;
const nameIn = (text: string) => readParameters(text, LIMIT).parameters.get('filename');

for (const [what, text, name] of [
  ['a token', 'attachment; filename=a.txt', 'a.txt'],
  ['quotes and what they quote', 'attachment; FileName="a \\"b\\".txt"', 'a "b".txt'],
  ['RFC 2231 with a charset', "attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.txt", 'Grüße.txt'],
  ['RFC 2231 in pieces out of order', 'attachment; filename*1="b.txt"; filename*0="a"', 'ab.txt'],
  ['pieces, the first with a charset', "attachment; filename*0*=utf-8''a%20; filename*1=b", 'a b'],
  ['an encoded word in quotes, as many write', 'attachment; filename="=?utf-8?Q?=C3=BC.txt?="', 'ü.txt'],
  ['a comment', 'attachment; (x) filename=a.txt', 'a.txt'],
  ['quotes that never close', 'attachment; filename="a.txt', 'a.txt'],
] as const)
  test(`${what}: ${name}`, () => assert.equal(nameIn(text), name));

test('the first of two equal names counts, and the second is a flaw', () => {
  const read = readParameters('a/b; charset=utf-8; charset=koi8-r', LIMIT);
  assert.equal(read.parameters.get('charset'), 'utf-8');
  assert.ok(read.flaws.some(({ parameter }) => parameter === 'charset'));
});

test('more parameters than the limit are not kept', () => {
  const text = `a/b${Array.from({ length: 50 }, (_, index) => `; p${index}=x`).join('')}`;
  const read = readParameters(text, 10);
  assert.ok(read.list.length <= 10);
  assert.ok(read.flaws.some(({ flaw }) => flaw === 'too-many'));
});
