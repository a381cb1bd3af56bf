const NUL = 0x00;
const LF = 0x0a;
const CR = 0x0d;
const DOT = 0x2e;

/** Bytes below which it is not worth while to look at four of them at once. */
const WORTH_WORDS = 256;
const NO_WORDS = new Int32Array(0);

/** Where in a line the next byte stands. */
const START = 0;
const INSIDE = 1;
const AFTER_CR = 2;
const AFTER_DOT = 3;
const AFTER_DOT_CR = 4;

/**
 * Finds the true end of a message, CRLF.CRLF and nothing else (RFC 5321 §4.1.1.4), in pieces of any size, and notes on the way
 * what could be read in two ways. The bytes are neither copied nor changed; every shape of input costs a few comparisons a byte.
 * All counts are of the dot-stuffed bytes as they were sent.
 */
export class DataScanner {
  /**
   * A CR or an LF stands alone: an end of line that only some servers take for one (RFC 5321 §2.3.8), so that a message that
   * holds it can be read as two (CVE-2023-51764, CVE-2023-51765, CVE-2023-51766).
   */
  bareCr = false;
  bareLf = false;
  nul = false;
  /** A byte above 127 was seen. */
  eightBit = false;
  /** A line began with a dot and more, so that undoing dot-stuffing changes the message. */
  dotted = false;
  /** Bytes of the message so far: its last CRLF counted, the terminating line not. */
  size = 0;
  /** The longest line that has ended, CRLF not counted. */
  longestLine = 0;
  /** Offset behind the empty line that ends the header; -1 while no such line was seen. */
  headerEnd = -1;

  #state = START;
  #lineStart = 0;

  /** Bytes of the line that has not ended yet. */
  get openLine(): number {
    return this.size - this.#lineStart;
  }

  /** Takes the next bytes. Returns how many of them belong to the message and its terminating line once that has come, else -1. */
  push(bytes: Uint8Array): number {
    const base = this.size;
    const length = bytes.length;
    const before = bytes.byteOffset & 3;
    const words = length < WORTH_WORDS ? NO_WORDS : wordsOf(bytes, before);
    let state = this.#state;
    let high = 0;
    for (let at = 0; at < length; at++) {
      if (state === INSIDE && ((at + before) & 3) === 0) {
        at = plainUntil(words, (at + before) >> 2) * 4 - before;
        if (at >= length) break;
      }
      const byte = bytes[at] as number;
      if (byte > CR) {
        high |= byte;
        if (state === INSIDE) continue;
        if (state === START) {
          state = byte === DOT ? AFTER_DOT : INSIDE;
          continue;
        }
        if (state !== AFTER_DOT) this.bareCr = true;
        if (state !== AFTER_CR) this.dotted = true;
        state = INSIDE;
      } else if (byte === LF) {
        if (state === AFTER_CR) {
          this.#endLine(base + at + 1);
          state = START;
        } else if (state === AFTER_DOT_CR) {
          this.size = base + at - 2;
          this.eightBit ||= high > 0x7f;
          return at + 1;
        } else {
          if (state === AFTER_DOT) this.dotted = true;
          this.bareLf = true;
          state = INSIDE;
        }
      } else if (byte === CR) {
        if (state === AFTER_CR || state === AFTER_DOT_CR) {
          this.bareCr = true;
          if (state === AFTER_DOT_CR) this.dotted = true;
        }
        state = state === AFTER_DOT ? AFTER_DOT_CR : AFTER_CR;
      } else {
        if (byte === NUL) this.nul = true;
        if (state === AFTER_CR || state === AFTER_DOT_CR) this.bareCr = true;
        if (state === AFTER_DOT || state === AFTER_DOT_CR) this.dotted = true;
        state = INSIDE;
      }
    }
    this.#state = state;
    this.eightBit ||= high > 0x7f;
    this.size = base + length;
    return -1;
  }

  #endLine(next: number): void {
    const length = next - 2 - this.#lineStart;
    if (length > this.longestLine) this.longestLine = length;
    if (length === 0 && this.headerEnd < 0) this.headerEnd = next;
    this.#lineStart = next;
  }
}

/** The bytes by fours, from the aligned place at or before the first; those behind the last whole four are left out. */
function wordsOf(bytes: Uint8Array, before: number): Int32Array {
  return new Int32Array(bytes.buffer, bytes.byteOffset - before, (bytes.length + before) >> 2);
}

/**
 * The first word at or after `from` that holds a byte below 14 or above 127: most of a text is passed over by fours. To subtract 14 from each
 * byte sets the highest bit of one that is smaller, or of one beside it that was smaller.
 */
function plainUntil(words: Int32Array, from: number): number {
  let at = from;
  while (at < words.length) {
    const word = words[at] as number;
    if ((((word - 0x0e0e0e0e) | word) & HIGHEST) !== 0) break;
    at++;
  }
  return at;
}

/** The highest bit of each of four bytes. */
const HIGHEST = 0x80808080 | 0;

/** True if a message may be handed on: it holds nothing that two servers could read in two ways. */
export function readsOneWay(scan: Pick<DataScanner, 'bareCr' | 'bareLf' | 'nul'>): boolean {
  return !scan.bareCr && !scan.bareLf && !scan.nul;
}

/**
 * The message without dot-stuffing (RFC 5321 §4.5.2): the first dot of each line that begins with one is dropped. Only for bytes that
 * `readsOneWay`. Copies at most once, and returns `bytes` itself if there is nothing to drop.
 */
export function undot(bytes: Buffer): Buffer {
  let dot = bytes[0] === DOT ? 0 : nextDot(bytes, 0);
  if (dot < 0) return bytes;
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let from = 0;
  while (dot >= 0) {
    length += bytes.copy(out, length, from, dot);
    from = dot + 1;
    dot = nextDot(bytes, from);
  }
  length += bytes.copy(out, length, from);
  return out.subarray(0, length);
}

/** The offset of the first dot behind a CRLF at or after `from`, or -1. */
function nextDot(bytes: Buffer, from: number): number {
  const found = bytes.indexOf('\r\n.', from, 'latin1');
  return found < 0 ? -1 : found + 2;
}

/** The message with dot-stuffing: the inverse of `undot`. Returns `bytes` itself if no line begins with a dot. */
export function stuffDots(bytes: Buffer): Buffer {
  let dot = bytes[0] === DOT ? 0 : nextDot(bytes, 0);
  if (dot < 0) return bytes;
  const pieces: Buffer[] = [];
  let from = 0;
  while (dot >= 0) {
    pieces.push(bytes.subarray(from, dot + 1));
    from = dot;
    dot = nextDot(bytes, dot + 1);
  }
  pieces.push(bytes.subarray(from));
  return Buffer.concat(pieces);
}
