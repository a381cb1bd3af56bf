import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { PATH_MAX, readPath, showMailbox } from './path.ts';

const address = (text: string) => {
  const path = readPath(text);
  if ('fault' in path) return path.fault;
  return path.mailbox === null ? '<>' : showMailbox(path.mailbox);
};

describe('path', () => {
  for (const [text, expected] of [
    ['<a@Example.COM>', 'a@example.com'],
    // UTF-8, one character a byte: its bytes are no letters of Latin-1.
    ['<a@B\u00c3\u00bccher.Example>', 'a@b\u00c3\u00bccher.example'],
    ['<>', '<>'],
    ['<postmaster>', 'postmaster'],
    ['<"a>b"@x.example>', '"a>b"@x.example'],
    ['<"a@b">', '"a@b"'],
    ['<@one.example:u@two.example>', 'u@two.example'],
    ['<u%far@near.example>', 'u%far@near.example'],
    ['a@x.example', 'no-bracket'],
    ['<a@x.example', 'unclosed'],
    ['<a@>', 'no-domain'],
    ['<@x.example>', 'no-local'],
    ['<a\x00@x.example>', 'control'],
    ['<a@x.example>SIZE=1', 'trailing'],
    [`<${'a'.repeat(PATH_MAX)}>`, 'too-long'],
  ] as const) {
    it(`${JSON.stringify(text).slice(0, 40)} is ${expected}`, () => assert.equal(address(text), expected));
  }

  it('gives the parameters', () => {
    const path = readPath('<a@x.example> SIZE=10  BODY=8BITMIME');
    assert.deepEqual('fault' in path ? null : path.parameters, ['SIZE=10', 'BODY=8BITMIME']);
  });

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('<', '>', '@', '"', '\\', ':', ' ', 'a', '\0'), maxLength: 40 }),
        (text) => {
          readPath(text);
        },
      ),
    );
  });
});
