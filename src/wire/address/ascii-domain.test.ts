import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asciiDomain } from './ascii-domain.ts';

for (const [text, expected] of [
  ['Example.COM.', 'example.com'],
  ['bücher.example', 'xn--bcher-kva.example'],
  ['in。example', 'in.example'],
  ['_x.example', '_x.example'],
  ['localhost', 'localhost'],
  ['in.example/ü', null],
  ['example.com?x', null],
  ['example.com:25', null],
  ['a b.example', null],
  ['*.example', null],
  ['-a.example', null],
  ['', null],
  ['.', null],
  ['a'.repeat(254), null],
] as const)
  test(`${JSON.stringify(text)} is ${expected ?? 'no domain'}`, () => assert.equal(asciiDomain(text), expected));
