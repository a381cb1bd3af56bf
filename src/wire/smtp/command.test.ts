import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { endsWithQuit, takeCommand } from './command.ts';

const take = (text: string, lineMax = 512) => {
  const taken = takeCommand(Buffer.from(text, 'latin1'), 0, lineMax);
  if (taken.kind === 'command') return `${taken.command.verb}|${taken.command.argument}|${taken.next}`;
  return taken.kind === 'fault' ? `${taken.fault}|${taken.next}` : 'more';
};

const cases: readonly (readonly [string, string])[] = [
  ['QUIT\r\n', 'QUIT||6'],
  ['quit\r\nNOOP\r\n', 'QUIT||6'],
  ['MAIL FROM:<a@b.example> SIZE=1\r\n', 'MAIL|FROM:<a@b.example> SIZE=1|32'],
  ['RSET  \r\n', 'RSET||8'],
  ['NOOP \xe9\r\n', 'NOOP|\xe9|8'],
  ['QUIT', 'more'],
  ['QUIT\r', 'more'],
  ['', 'more'],
  ['QUIT\n', 'bare-lf|5'],
  ['QUIT\rRSET\r\n', 'bare-cr|5'],
  ['QUIT\r\r\n', 'bare-cr|5'],
  ['NO\0OP\r\n', 'control|7'],
  ['NOOP \x1b[31m\r\n', 'control|12'],
  ['\r\n', 'no-verb|2'],
  [' QUIT\r\n', 'no-verb|7'],
  ['QUIT\tnow\r\n', 'no-verb|10'],
  ['\x16\x03\x01\x02\r\n', 'binary|6'],
  [`${'A'.repeat(17)}\r\n`, 'no-verb|19'],
];

for (const [sent, found] of cases) {
  test(`${JSON.stringify(sent)} is ${found}`, () => assert.equal(take(sent), found));
}

test('a line of exactly the limit is read, and one byte more is not', () => {
  assert.match(take(`NOOP ${'x'.repeat(505)}\r\n`), /^NOOP\|x+\|512$/);
  assert.match(take(`NOOP ${'x'.repeat(506)}\r\n`), /^overlong/);
});

test('a line without an end is overlong once the limit is there, and not before', () => {
  assert.equal(take('x'.repeat(511)), 'more');
  assert.match(take('x'.repeat(512)), /^overlong/);
  assert.match(take(`${'x'.repeat(511)}\r`), /^overlong/);
});

test('bytes that come one by one are read as the same commands', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('QUIT\r\n', 'NOOP x\r\n', 'A\n', '\r\n', 'B\rC\r\n', 'D\0\r\n')), (parts) => {
      const whole = Buffer.from(parts.join(''), 'latin1');
      const atOnce = readAll(whole, whole.length);
      for (let step = 1; step <= whole.length; step++) {
        // Every prefix reads as a prefix of the same list: nothing is decided before it is certain.
        const some = readAll(whole.subarray(0, step), step);
        assert.deepEqual(atOnce.slice(0, some.length), some);
      }
    }),
    { numRuns: 200 },
  );
});

function readAll(bytes: Uint8Array, length: number): string[] {
  const found: string[] = [];
  for (let at = 0; at < length; ) {
    const taken = takeCommand(bytes, at, 512);
    if (taken.kind === 'more') break;
    found.push(taken.kind === 'command' ? `${taken.command.verb} ${taken.command.argument}` : taken.fault);
    at = taken.next;
  }
  return found;
}

test('who ends with QUIT has nothing more to say', () => {
  for (const text of ['QUIT\r\n', 'quit \r\n', 'RSET\r\nQuit\r\n', `${'x'.repeat(50)}\r\nQUIT\r\n`])
    assert.equal(endsWithQuit(Buffer.from(text)), true, text);
  for (const text of ['', 'QUIT', 'QUIT\r', 'QUIT\n', 'XQUIT\r\n', 'QUIT\r\nRSET\r\n', 'QUIT now\r\n', '\rQUIT\r\n'])
    assert.equal(endsWithQuit(Buffer.from(text)), false, text);
});
