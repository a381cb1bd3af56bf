import { decodeBase64 } from './base64.ts';
import { decodeCharset, guessText } from './charset.ts';

/** Longer words than this are text; RFC 2047 §2 allows 75, senders write more. */
const WORD_MAX = 8_192;
/** So many words of one text are decoded; the rest stays as it is. */
const WORDS_MAX = 5_000;
const CHARSET_MAX = 60;
/** Words in so many charsets are decoded: looking up names that nobody knows costs more than decoding. */
const CHARSETS_MAX = 20;

/** An encoded word, found but not decoded (RFC 2047 §2). `start` and `end` are indexes into the text. */
interface Word {
  readonly start: number;
  readonly end: number;
  /** Lower case, without the language of RFC 2231 §5. */
  readonly charset: string;
  readonly bytes: Buffer;
}

/**
 * Reads the encoded words of a header text (RFC 2047), also where senders put them wrongly: inside quotes, glued to other text, or with one
 * character cut over two words. What is none is left as it is. The time is linear in the text.
 */
export function readEncodedWords(text: string): string {
  if (!text.includes('=?')) return text;
  let out = '';
  let from = 0;
  let held: Word | null = null;
  let pieces: Buffer[] = [];
  const release = (): void => {
    if (held === null) return;
    out += decodeWords(pieces, held.charset);
    from = held.end;
    held = null;
    pieces = [];
  };
  for (const word of words(text)) {
    // Blanks between two encoded words are not shown (RFC 2047 §6.2).
    const joined: boolean = held !== null && isBlank(text, (held as Word).end, word.start);
    if (!joined || (held as unknown as Word).charset !== word.charset) {
      release();
      if (!joined) out += text.slice(from, word.start);
    }
    held = word;
    pieces.push(word.bytes);
  }
  release();
  return out + text.slice(from);
}

/** True if the text holds something that a reader could decode as an encoded word. */
export function hasEncodedWord(text: string): boolean {
  return text.includes('=?') && !words(text).next().done;
}

function* words(text: string): Generator<Word, void, undefined> {
  let at = 0;
  let close = -1;
  const charsets = new Set<string>();
  for (let count = 0; count < WORDS_MAX; ) {
    const start = text.indexOf('=?', at);
    if (start === -1) return;
    at = start + 2;
    const charsetEnd = markWithin(text, at, CHARSET_MAX);
    if (charsetEnd <= at || text[charsetEnd + 2] !== '?') continue;
    const kind = (text[charsetEnd + 1] as string).toLowerCase();
    if (kind !== 'b' && kind !== 'q') continue;
    const body = charsetEnd + 3;
    // An end found once stays the next end until it is passed.
    if (close < body) close = text.indexOf('?=', body);
    if (close === -1) return;
    if (close - body > WORD_MAX) continue;
    const raw = text.slice(body, close);
    const charset = (text.slice(at, charsetEnd).split('*', 1)[0] as string).toLowerCase();
    if (charsets.add(charset).size > CHARSETS_MAX) return;
    yield {
      start,
      end: close + 2,
      charset,
      bytes: kind === 'b' ? decodeBase64(Buffer.from(raw, 'latin1')) : decodeQ(raw),
    };
    count++;
    at = close + 2;
  }
}

/** Index of the next `?` within `most` characters, no blank before it; else -1. */
function markWithin(text: string, from: number, most: number): number {
  for (let at = from; at < from + most && at < text.length; at++) {
    const char = text[at] as string;
    if (char === '?') return at;
    if (char <= ' ') return -1;
  }
  return -1;
}

function decodeWords(pieces: readonly Buffer[], charset: string): string {
  const bytes = pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces);
  return decodeCharset(bytes, charset) ?? guessText(bytes);
}

/** The Q encoding (RFC 2047 §4.2). Characters above 255 can only stand there by mistake and are taken as UTF-8. */
function decodeQ(raw: string): Buffer {
  const source = Buffer.from(raw, 'utf8');
  const out = Buffer.allocUnsafe(source.length);
  let length = 0;
  for (let at = 0; at < source.length; at++) {
    const byte = source[at] as number;
    if (byte === 0x5f) out[length++] = 0x20;
    else if (byte === 0x3d) {
      const value = Number.parseInt(source.toString('latin1', at + 1, at + 3), 16);
      if (
        at + 2 < source.length &&
        Number.isInteger(value) &&
        HEX_PAIR.test(source.toString('latin1', at + 1, at + 3))
      ) {
        out[length++] = value;
        at += 2;
      } else out[length++] = byte;
    } else out[length++] = byte;
  }
  return out.subarray(0, length);
}

const HEX_PAIR = /^[0-9A-Fa-f]{2}$/;

function isBlank(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) if (!' \t\r\n'.includes(text[at] as string)) return false;
  return true;
}
