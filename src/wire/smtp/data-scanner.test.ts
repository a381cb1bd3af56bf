import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DataScanner, readsOneWay, stuffDots, undot } from './data-scanner.ts';

function scan(text: string, chunk = text.length) {
  const scanner = new DataScanner();
  const bytes = Buffer.from(text, 'latin1');
  for (let at = 0; at < bytes.length; at += chunk) {
    const end = scanner.push(bytes.subarray(at, at + chunk));
    if (end >= 0) return { scanner, consumed: at + end };
  }
  return { scanner, consumed: -1 };
}

test('a message ends at CRLF.CRLF, and what follows is not part of it', () => {
  const { scanner, consumed } = scan('Subject: x\r\n\r\nhello\r\n.\r\nQUIT\r\n');
  assert.equal(consumed, 'Subject: x\r\n\r\nhello\r\n.\r\n'.length);
  assert.equal(scanner.size, 'Subject: x\r\n\r\nhello\r\n'.length);
  assert.equal(scanner.headerEnd, 'Subject: x\r\n\r\n'.length);
  assert.equal(scanner.longestLine, 10);
  assert.ok(readsOneWay(scanner));
});

test('an empty message ends at a lone dot', () => {
  const { scanner, consumed } = scan('.\r\n');
  assert.deepEqual([consumed, scanner.size], [3, 0]);
});

// Every form that some server is known to end a message at: here none ends it, and each is noted.
const variants = [
  '\n.\n',
  '\n.\r\n',
  '\r\n.\n',
  '\r.\r',
  '\r.\r\n',
  '\r\n.\r',
  '\r\n.\r\r\n',
  '\r\r\n.\r\r\n',
  '\n\n.\n\n',
  '\r.\n',
  '\n.\r',
  '\r\n.\n\r',
];
for (const variant of variants) {
  test(`${JSON.stringify(variant)} ends nothing and is no message that reads one way`, () => {
    const { scanner, consumed } = scan(`a: b\r\n\r\none${variant}MAIL FROM:<x@y.example>\r\n`);
    assert.equal(consumed, -1);
    assert.ok(!readsOneWay(scanner));
  });
}

test('NUL is noted wherever it stands', () => {
  for (const text of ['\0\r\n.\r\n', 'a\r\n\0.\r\n.\r\n', 'a\r\n.\0\r\n.\r\n']) {
    const { scanner, consumed } = scan(text);
    assert.ok(scanner.nul);
    assert.equal(consumed, text.length);
  }
});

test('a dot-stuffed line is noted, the terminating line is not one', () => {
  assert.ok(scan('..\r\n.\r\n').scanner.dotted);
  assert.ok(scan('.a\r\n.\r\n').scanner.dotted);
  assert.ok(!scan('a\r\n.\r\n').scanner.dotted);
});

test('pieces of any size give the same result as all at once', () => {
  const narrow = fc.string({
    unit: fc.constantFrom('\r', '\n', '.', 'a', '\0', '\xe9', '\r\n', '\r\n.\r\n'),
    maxLength: 60,
  });
  fc.assert(
    fc.property(narrow, fc.integer({ min: 1, max: 7 }), (text, chunk) => {
      const whole = scan(text);
      const pieces = scan(text, chunk);
      assert.equal(pieces.consumed, whole.consumed);
      assert.deepEqual(picture(pieces.scanner), picture(whole.scanner));
    }),
    { numRuns: 2000 },
  );
});

test('large pieces, which are looked at by fours, give the same result as single bytes, wherever they lie in memory', () => {
  const long = fc.array(
    fc.constantFrom(
      '\r\n',
      '\r\n',
      'a word and one more',
      'x'.repeat(40),
      '.',
      '\xe9',
      '\x7f',
      '\x0e',
      '\r',
      '\n',
      '\0',
      '\r\n.\r\n',
    ),
    { minLength: 40, maxLength: 120 },
  );
  fc.assert(
    fc.property(long, fc.integer({ min: 0, max: 3 }), (parts, place) => {
      const text = parts.join('');
      const whole = new DataScanner();
      const consumed = whole.push(Buffer.from(`${'.'.repeat(place)}${text}`, 'latin1').subarray(place));
      const single = scan(text, 1);
      assert.equal(consumed, single.consumed);
      assert.deepEqual(picture(whole), picture(single.scanner));
    }),
    { numRuns: 500 },
  );
});

function picture({ bareCr, bareLf, nul, eightBit, dotted, longestLine, headerEnd, size }: DataScanner) {
  return { bareCr, bareLf, nul, eightBit, dotted, longestLine, headerEnd, size };
}

test('dots that are stuffed come off again, and what is stuffed never ends a message early', () => {
  const lines = fc.array(fc.constantFrom('', '.', '..', '.a', 'a', 'a.', '...'), { maxLength: 20 });
  fc.assert(
    fc.property(lines, (parts) => {
      const message = Buffer.from(parts.map((line) => `${line}\r\n`).join(''), 'latin1');
      const stuffed = stuffDots(message);
      assert.deepEqual(undot(stuffed), message);
      const { consumed, scanner } = scan(`${stuffed.toString('latin1')}.\r\n`);
      assert.equal(consumed, stuffed.length + 3);
      assert.equal(scanner.size, stuffed.length);
    }),
  );
});
