import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createReplyReader, REPLY_LIMITS, type ReplyEvent } from './reply-reader.ts';

const bytes = (text: string) => Buffer.from(text, 'latin1');

/** All events of one text, pushed in pieces of `size` bytes. */
function read(text: string, size = text.length || 1): ReplyEvent[] {
  const reader = createReplyReader();
  const events: ReplyEvent[] = [];
  for (let at = 0; at < text.length; at += size) events.push(...reader.push(bytes(text.slice(at, at + size))));
  return events;
}

function replies(text: string, size?: number) {
  return read(text, size).flatMap((event) => (event.kind === 'reply' ? [event.reply] : []));
}

function faults(text: string) {
  return read(text).flatMap((event) => (event.kind === 'fault' ? [event.fault] : []));
}

describe('reply reader', () => {
  it('reads one line and many, and takes the status of the first line that has one', () => {
    assert.deepEqual(replies('220 mx ready\r\n'), [{ code: 220, status: null, lines: ['mx ready'] }]);
    assert.deepEqual(replies('214-2.0.0 one\r\n214 2.0.0 two\r\n'), [
      { code: 214, status: '2.0.0', lines: ['2.0.0 one', '2.0.0 two'] },
    ]);
  });

  it('waits for the last line, however the bytes are cut', () => {
    const text = '250-mx\r\n250-SIZE 100\r\n250 HELP\r\n221 bye\r\n';
    const whole = replies(text);
    assert.equal(whole.length, 2);
    for (let size = 1; size < text.length; size += 1) assert.deepEqual(replies(text, size), whole);
    assert.deepEqual(replies('220-teaser\r\n'), []);
  });

  it('reads a code without text, with and without the space', () => {
    assert.deepEqual(replies('250\r\n250 \r\n'), [
      { code: 250, status: null, lines: [''] },
      { code: 250, status: null, lines: [''] },
    ]);
  });

  for (const [oddity, text] of [
    ['bare-lf', '250 ok\n'],
    ['nul', '250 o\0k\r\n'],
    ['bare-cr', '250 o\rk\r\n'],
    ['code-changed', '250-a\r\n550 b\r\n'],
    ['cut', `250 ${'x'.repeat(5_000)}\r\n`],
    ['no-separator', '220****\r\n'],
  ] as const) {
    it(`notes ${oddity} and reads on`, () => {
      const [first, second, none] = replies(`${text}221 bye\r\n`);
      assert.deepEqual(first?.oddities, [oddity]);
      assert.deepEqual(second, { code: 221, status: null, lines: ['bye'] });
      assert.equal(none, undefined);
    });
  }

  it('keeps 2,000 bytes of a line and never more', () => {
    const [reply] = replies(`250 ${'x'.repeat(9_000)}\r\n`);
    assert.equal(reply?.lines[0]?.length, REPLY_LIMITS.lineKept - 4);
  });

  it('faults on what is no reply, and then drops everything', () => {
    for (const text of ['HTTP/1.1 400 Bad Request\r\n', '\r\n', '25\r\n', '620 x\r\n', '150 x\r\n', '2x0 x\r\n']) {
      assert.deepEqual(faults(`${text}250 ok\r\n`), ['bad-code'], JSON.stringify(text));
    }
  });

  it('faults on an endless line and on endless lines', () => {
    assert.deepEqual(faults('2'.repeat(REPLY_LIMITS.lineRead + 1)), ['endless-line']);
    assert.deepEqual(faults('220-hold\r\n'.repeat(1_000)), ['too-many-lines']);
    assert.equal(replies(`${'220-hold\r\n'.repeat(REPLY_LIMITS.lines - 1)}220 ok\r\n`).length, 1);
  });

  it('says whether a reply has begun', () => {
    const reader = createReplyReader();
    assert.equal(reader.midReply, false);
    reader.push(bytes('2'));
    assert.equal(reader.midReply, true);
    reader.push(bytes('20-a\r\n'));
    assert.equal(reader.midReply, true);
    reader.push(bytes('220 b\r\n'));
    assert.equal(reader.midReply, false);
  });

  it('gives the same events for any bytes in any pieces', () => {
    const noise = fc.string({
      unit: fc.constantFrom('2', '5', '0', '-', ' ', '\r', '\n', '\0', 'a', '\xff'),
      maxLength: 200,
    });
    fc.assert(
      fc.property(noise, fc.integer({ min: 1, max: 9 }), (text, size) => {
        assert.deepEqual(read(text, size), read(text));
      }),
    );
  });
});
