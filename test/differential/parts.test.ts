import assert from 'node:assert/strict';
import { test } from 'node:test';
import { partsOf } from './parts.ts';

const texts = (unit: string, inText = false) => partsOf(unit, inText).map(({ text }) => text);

test('each command is a part, whatever ends it, and a chunk keeps its octets', () => {
  assert.deepEqual(texts('NOOP\r\nRSET\nQUIT'), ['NOOP\r\n', 'RSET\n', 'QUIT']);
  assert.deepEqual(texts('BDAT 5 LAST\r\na\nb\r\nQUIT\r\n'), ['BDAT 5 LAST\r\na\nb\r\n', 'QUIT\r\n']);
});

test('a message ends at CRLF.CRLF, and commands stand behind it', () => {
  assert.deepEqual(texts('a\n.\nb\r\n.\r\nQUIT\r\n', true), ['a\n.\nb\r\n.\r\n', 'QUIT\r\n']);
  assert.deepEqual(texts('.\r\nQUIT\r\n', true), ['.\r\n', 'QUIT\r\n']);
  assert.deepEqual(texts('no end yet\r\n', true), ['no end yet\r\n']);
});
