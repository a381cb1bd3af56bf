import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  escapeMarkup,
  htmlAttribute,
  htmlOfSegments,
  MARKS_LIMIT,
  SHOWN_LIMIT,
  segmentsOfBytes,
  segmentsOfText,
  visible,
  visibleBytes,
} from './escape.ts';

/** Written out rather than taken from the code under test: controls, bidirectional marks, zero widths, line separators. */
const FORBIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb]|[\ufe00-\ufe0f]/;
const LONE_SURROGATE = /\p{Cs}/u;

/** Strings that favour what attackers use. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 4 }),
      fc.constantFrom('\x1b[2J', '\x1b]0;x\x07', '\u202e', '\u2066', '\u200b', '\ufeff', '\x9b', '\ud800', '\u0301'),
      fc.constantFrom('<script>', '"', "'", '`', '&', '-->', '</style>', '\r\n', '\0', 'a'),
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''));
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array).toString('latin1'));

test('ordinary text is left as it is', () => {
  for (const text of ['', '220 mx.example.com ESMTP Postfix', 'Grüße aus Köln', '日本語', 'a\u0301'])
    assert.equal(visible(text), text);
});

test('what acts on a terminal is spelt out, not dropped', () => {
  assert.equal(visible('\x1b[31mred\x07'), '\\x1b[31mred\\x07');
  assert.equal(visible('a\u202etxt.exe'), 'a<U+202E>txt.exe');
  assert.equal(visible('a\u200bb\u00a0c\u2028d'), 'a<U+200B>b<U+00A0>c<U+2028>d');
  assert.equal(visible('a\r\nb\tc\0'), 'a\\r\\nb\\tc\\0');
  assert.equal(visible('\x9b2J\x7f'), '<U+009B>2J\\x7f');
  assert.equal(visible('\ud800x'), '<U+D800>x');
});

test('bytes are shown as UTF-8 where they are UTF-8, and as bytes where not', () => {
  assert.equal(visibleBytes(Buffer.from('Grüße €').toString('latin1')), 'Grüße €');
  assert.equal(visibleBytes('Gr\xfc\xdfe'), 'Gr\\xfc\\xdfe');
  assert.equal(visibleBytes('\xe2\x82'), '\\xe2\\x82');
  assert.equal(visibleBytes(Buffer.from('\u202e\u009b').toString('latin1')), '<U+202E><U+009B>');
  assert.equal(visibleBytes('Grüße €'), 'Grüße €', 'a text with characters above U+00FF is no byte string');
});

test('overlong forms and surrogates in UTF-8 stay bytes', () => {
  assert.equal(visibleBytes('\xc0\x9b\xe0\x80\x9b\xf8\x88'), '\\xc0\\x9b\\xe0\\x80\\x9b\\xf8\\x88');
  assert.equal(visibleBytes('\xed\xa0\x80'), '\\xed\\xa0\\x80');
  assert.equal(visibleBytes('\xf4\x90\x80\x80'), '\\xf4\\x90\\x80\\x80');
});

test('bytes that decode well match the platform decoder', () => {
  fc.assert(
    fc.property(bytes, (text) => {
      let decoded: string;
      try {
        decoded = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(text, 'latin1'));
      } catch {
        return;
      }
      assert.equal(visibleBytes(text), visible(decoded));
    }),
  );
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), (text) => {
      assert.equal(visibleBytes(Buffer.from(text).toString('latin1')), visible(text));
    }),
  );
});

test('no output ever holds a raw control, bidirectional or zero-width character', () => {
  fc.assert(
    fc.property(fc.oneof(hostile, bytes), (text) => {
      for (const shown of [
        visible(text),
        visibleBytes(text),
        htmlAttribute(text),
        htmlOfSegments(segmentsOfText(text)),
        htmlOfSegments(segmentsOfBytes(text)),
      ]) {
        assert.doesNotMatch(shown, FORBIDDEN);
        assert.doesNotMatch(shown, LONE_SURROGATE);
      }
    }),
    { numRuns: 2000 },
  );
});

test('no markup of a stranger survives in HTML', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      assert.doesNotMatch(htmlAttribute(text), /[<>"'`]/);
      const shown = htmlOfSegments(segmentsOfText(text));
      assert.doesNotMatch(shown.replaceAll('<span class="spelt">', '').replaceAll('</span>', ''), /[<>"'`]/);
    }),
    { numRuns: 2000 },
  );
  assert.equal(escapeMarkup(`<a b="c" d='e'>&`), '&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
});

test('in HTML the spelt-out can be told from letters that look like it', () => {
  assert.equal(htmlOfSegments(segmentsOfText('\\x1b\x1b')), '\\x1b<span class="spelt">\\x1b</span>');
});

test('a long text is cut, and says by how much', () => {
  assert.equal(visible('x'.repeat(12), 10), `${'x'.repeat(10)}… 2 more`);
  assert.equal(visibleBytes('\xff'.repeat(12), 10), `${'\\xff'.repeat(10)}… 2 more`);
  assert.equal(visible('x'.repeat(SHOWN_LIMIT)).length, SHOWN_LIMIT);
  assert.equal(visible('x'.repeat(10_000_000)), `${'x'.repeat(SHOWN_LIMIT)}… ${10_000_000 - SHOWN_LIMIT} more`);
});

test('towers of combining marks are bounded, and none stands on nothing', () => {
  const tower = `a${'\u0301'.repeat(20)}`;
  assert.equal([...visible(tower)].filter((character) => character === '\u0301').length, MARKS_LIMIT);
  assert.equal(visible('\u0301a'), '<U+0301>a');
  assert.equal(visible('\x1b\u0301'), '\\x1b<U+0301>');
});
