/** What base64 text held besides base64, with the offset of the first of each; -1 where there was none. */
export interface Base64Flaws {
  /** A printable or control character outside the alphabet that is no blank or line end. */
  readonly junkAt: number;
  /** Data behind padding, or padding where none belongs. */
  readonly innerPaddingAt: number;
  /** A line that is not the last ends inside a group. */
  readonly oddLineAt: number;
  /** The last group has one digit, or two or three without padding. */
  readonly length: 'whole' | 'unpadded' | 'broken';
}

/**
 * How a reader treats what does not belong. `restart`: padding ends a group and a new one begins. `ignore`: padding is junk like any
 * other. `stop`: padding ends the data. `lines`: every line is decoded for itself.
 */
export type Base64Reading = 'restart' | 'ignore' | 'stop' | 'lines';
export const BASE64_READINGS: readonly Base64Reading[] = ['restart', 'ignore', 'stop', 'lines'];

const PAD = 64;
const BLANK = 65;
const JUNK = 66;
const LINE_END = 67;

const DIGITS = new Uint8Array(256).fill(JUNK);
for (const [value, char] of [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].entries())
  DIGITS[char.charCodeAt(0)] = value;
DIGITS[0x3d] = PAD;
for (const blank of [0x20, 0x09, 0x0d]) DIGITS[blank] = BLANK;
DIGITS[0x0a] = LINE_END;

const CLEAN: Base64Flaws = { junkAt: -1, innerPaddingAt: -1, oddLineAt: -1, length: 'whole' };

/** Decodes base64 (RFC 2045 §6.8) and says what did not belong. Takes every input; writes at most three bytes for four. */
export function readBase64(
  bytes: Uint8Array,
  reading: Base64Reading = 'restart',
): { bytes: Buffer; flaws: Base64Flaws } {
  const out = Buffer.allocUnsafe(Math.ceil((bytes.length * 3) / 4) + 3);
  const end = bytes.length;
  let length = 0;
  let at = 0;
  let group = 0;
  let digits = 0;
  let padded = false;
  let junkAt = -1;
  let innerPaddingAt = -1;
  let oddLineAt = -1;
  let oddLine = -1;
  let size: Base64Flaws['length'] = 'whole';

  while (at < end) {
    if (digits === 0) {
      // The plain case: whole groups in a row.
      while (at + 4 <= end) {
        const a = DIGITS[bytes[at] as number] as number;
        const b = DIGITS[bytes[at + 1] as number] as number;
        const c = DIGITS[bytes[at + 2] as number] as number;
        const d = DIGITS[bytes[at + 3] as number] as number;
        if ((a | b | c | d) > 63) break;
        out[length] = (a << 2) | (b >> 4);
        out[length + 1] = (b << 4) | (c >> 2);
        out[length + 2] = (c << 6) | d;
        length += 3;
        at += 4;
        if (padded) {
          if (innerPaddingAt < 0) innerPaddingAt = at - 4;
          padded = false;
        }
      }
      if (at >= end) break;
    }
    const digit = DIGITS[bytes[at] as number] as number;
    if (digit < 64) {
      if (oddLine >= 0 && oddLineAt < 0) oddLineAt = oddLine;
      if (padded) {
        if (innerPaddingAt < 0) innerPaddingAt = at;
        padded = false;
        if (reading === 'stop') break;
      }
      group = (group << 6) | digit;
      digits++;
      if (digits === 4) {
        out[length] = group >> 16;
        out[length + 1] = group >> 8;
        out[length + 2] = group;
        length += 3;
        group = 0;
        digits = 0;
      }
    } else if (digit === PAD) {
      if (digits < 2 && !padded && innerPaddingAt < 0) innerPaddingAt = at;
      if (reading === 'stop' && digits !== 1) break;
      if (reading !== 'ignore') {
        if (digits > 1) length = flush(out, length, group, digits);
        group = 0;
        digits = 0;
      }
      padded = true;
    } else if (digit === JUNK) {
      if (junkAt < 0) junkAt = at;
    } else if (digit === LINE_END && digits !== 0 && oddLine < 0) {
      oddLine = at;
    }
    if (digit === LINE_END && digits !== 0 && reading === 'lines') {
      if (digits > 1) length = flush(out, length, group, digits);
      group = 0;
      digits = 0;
    }
    at++;
  }
  if (digits !== 0) {
    size = digits === 1 ? 'broken' : 'unpadded';
    if (reading === 'ignore' && padded) size = 'whole';
    if (digits > 1) length = flush(out, length, group, digits);
  }
  const clean = junkAt < 0 && innerPaddingAt < 0 && oddLineAt < 0 && size === 'whole';
  return { bytes: out.subarray(0, length), flaws: clean ? CLEAN : { junkAt, innerPaddingAt, oddLineAt, length: size } };
}

/** Writes the whole bytes of a group of two or three digits. */
function flush(out: Buffer, length: number, group: number, digits: number): number {
  const bits = group << (6 * (4 - digits));
  out[length] = bits >> 16;
  if (digits === 2) return length + 1;
  out[length + 1] = bits >> 8;
  return length + 2;
}

/** Decodes base64 leniently: what is not of the alphabet is passed over, and padding begins a new group. */
export function decodeBase64(bytes: Uint8Array): Buffer {
  return readBase64(bytes).bytes;
}
