import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { clipped, columnsOf, padded, wrapped } from './columns.ts';

test('wide characters take two columns, combining marks none', () => {
  assert.deepEqual(['abc', '日本', 'é', 'e\u0301', '한', '😀', ''].map(columnsOf), [3, 4, 1, 1, 2, 2, 0]);
});

test('padding fills to the width and never cuts', () => {
  assert.equal(padded('日', 4), '日  ');
  assert.equal(padded('abcdef', 4), 'abcdef');
});

test('clipping marks what was cut', () => {
  assert.equal(clipped('abcdef', 6), 'abcdef');
  assert.equal(clipped('abcdefg', 6), 'abcde…');
  assert.equal(clipped('日本語', 5), '日本…');
});

test('wrapping breaks at blanks, and inside a word only if it is too long for a line', () => {
  assert.deepEqual(wrapped('one two three', 8), ['one two', 'three']);
  assert.deepEqual(wrapped('a 1234567890123', 8), ['a', '12345678', '90123']);
  assert.deepEqual(wrapped('', 8), ['']);
});

test('wrapping keeps every character but blanks, and the width', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 8, max: 60 }), (text, width) => {
      const lines = wrapped(text, width);
      assert.equal(lines.join('').replaceAll(' ', ''), text.replaceAll(' ', ''));
      for (const line of lines) assert.ok(columnsOf(line) <= width);
    }),
  );
});
