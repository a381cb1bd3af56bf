import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { piecesOf, readTranscript, TRANSCRIPT_LIMITS, transcriptOf, writeTranscript } from './transcript.ts';
import { escapeBytes, matchesPattern, type Pattern, readPattern, unescapeBytes } from './transcript-text.ts';

const latin1 = fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)) });

function pattern(text: string): Pattern {
  const read = readPattern(text);
  assert.ok('pattern' in read);
  return read.pattern;
}

describe('transcript', () => {
  it('reads every kind of line', () => {
    const { steps, faults } = readTranscript(
      '# why\nS: 220 *\nC: EHLO client.example\nC> "one\\r\\n.\\x00"\nC> "A" x 3\n\nC:\nS!\n',
    );
    assert.deepEqual(faults, []);
    assert.deepEqual(steps, [
      { kind: 'note', text: 'why', line: 1 },
      { kind: 'expect', pattern: ['220 ', ''], line: 2 },
      { kind: 'say', text: 'EHLO client.example', line: 3 },
      { kind: 'bytes', bytes: 'one\r\n.\0', times: 1, line: 4 },
      { kind: 'bytes', bytes: 'A', times: 3, line: 5 },
      { kind: 'say', text: '', line: 7 },
      { kind: 'end', line: 8 },
    ]);
    assert.equal(writeTranscript(steps).split('\n').at(-2), 'S!');
  });

  it('takes a character above ASCII for its UTF-8 bytes', () => {
    assert.deepEqual(readTranscript('C: NOOP é€').steps[0], {
      kind: 'say',
      text: 'NOOP \xc3\xa9\xe2\x82\xac',
      line: 1,
    });
  });

  for (const [text, what] of [
    ['X: hello', /begins with/],
    ['S! bye', /begins with/],
    ['C: a\\q', /backslash/],
    ['S: a\\', /backslash/],
    ['C: a\\r\\nb', /no CR/],
    ['C> one', /quotes/],
    ['C> "one', /quotes/],
    ['C> "one" twice', /times/],
    ['C> "AAAA" x 999999999', /at most/],
  ] as const) {
    it(`says what is wrong with ${text} and reads on`, () => {
      const { steps, faults } = readTranscript(`# first\n${text}\nS: 250 *`);
      assert.equal(faults.length, 1);
      assert.equal(faults[0]?.line, 2);
      assert.match(faults[0]?.what ?? '', what);
      assert.deepEqual(
        steps.map((step) => step.line),
        [1, 3],
      );
    });
  }

  it('holds a number of times as a number, and writes it as one', () => {
    const text = 'C> "AB\\r\\n" x 1000000\nC> "" x 999999999\nC> "A" x 0\n';
    const { steps, faults } = readTranscript(text);
    assert.deepEqual(faults, []);
    assert.ok(JSON.stringify(steps).length < 300);
    assert.equal(writeTranscript(steps), text);
  });

  it('gives bytes out in bounded pieces that are the whole', () => {
    fc.assert(
      fc.property(latin1, fc.integer({ min: 0, max: 30_000 }), (bytes, times) => {
        const pieces = [...piecesOf({ bytes, times })];
        assert.ok(pieces.every(({ length }) => length > 0 && length <= 65_536));
        assert.equal(pieces.join(''), bytes.repeat(times));
      }),
    );
    assert.deepEqual([...piecesOf({ bytes: '', times: 999_999_999 })], []);
  });

  it('bounds the sum of what is sent, not each line alone', () => {
    const half = `C> "A" x ${TRANSCRIPT_LIMITS.bytes / 2 + 1}`;
    const { steps, faults } = readTranscript(`${half}\n${half}`);
    assert.deepEqual([steps.length, faults.length], [1, 1]);
  });

  it('writes any recorded dialogue so that it reads back byte for byte', () => {
    const line = fc.record({ from: fc.constantFrom('client' as const, 'server' as const), text: latin1 });
    fc.assert(
      fc.property(fc.array(line), (dialogue) => {
        const steps = transcriptOf(dialogue.map(({ from, text }) => ({ from, text, at: 0 })));
        const read = readTranscript(writeTranscript(steps));
        assert.deepEqual(read.faults, []);
        assert.deepEqual(
          read.steps.map(({ line: _, ...step }) => step),
          steps,
        );
        const written = writeTranscript(steps);
        assert.match(written, /^[ -~\n]*$/);
      }),
    );
  });

  it('marks where TLS began', () => {
    const steps = transcriptOf([
      { from: 'server', text: '220 go', at: 0 },
      { from: 'client', text: 'EHLO a', at: 1, secure: true },
    ]);
    assert.deepEqual(
      steps.map((step) => step.kind),
      ['expect', 'note', 'say'],
    );
  });

  it('reads anything without throwing', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('C', 'S', ':', '>', '"', '\\', 'x', '*', ' ', '9', '\n', 'é') }),
        (text) => {
          readTranscript(text);
        },
      ),
    );
  });
});

describe('pattern', () => {
  for (const [text, line, matches] of [
    ['220 *', '220 ready', true],
    ['220 *', '220 ', true],
    ['220 *', '220', false],
    ['*', '', true],
    ['250 ok', '250 ok', true],
    ['250 ok', '250 ok ', false],
    ['220 \\*\\*', '220 **', true],
    ['220 \\*\\*', '220 xx', false],
    ['5*unknown*', '550 5.1.1 unknown user', true],
    ['a*a', 'a', false],
    ['a*b*b', 'ab', false],
    ['**', 'x', true],
  ] as const) {
    it(`${text} ${matches ? 'is' : 'is not'} ${line}`, () =>
      assert.equal(matchesPattern(pattern(text), line), matches));
  }

  it('agrees with an expression that may backtrack', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 8 });
    const word = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 8 });
    fc.assert(
      fc.property(letters, word, (text, line) => {
        const expected = new RegExp(`^${text.replaceAll('*', '.*')}$`).test(line);
        assert.equal(matchesPattern(pattern(text), line), expected);
      }),
    );
  });

  it('reads back what it escapes', () => {
    fc.assert(
      fc.property(latin1, (bytes) => {
        assert.deepEqual(unescapeBytes(escapeBytes(bytes, '*"')), { bytes });
      }),
    );
  });
});
