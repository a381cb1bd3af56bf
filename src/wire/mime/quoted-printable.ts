const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/**
 * How a reader treats an `=` that escapes nothing: it stays as it is, or it is dropped with the blanks behind it. `upper-case` also drops
 * escapes in lower case, which the standard does not know.
 */
export type QuotedPrintableReading = 'keep' | 'drop' | 'upper-case';

/**
 * Decodes quoted-printable (RFC 2045 §6.7) and says where an `=` first escaped nothing, or where escapes in
 * lower case stand among others in upper case (-1: nowhere). Blanks before a line end are
 * dropped, as the standard asks. Takes every input; writes no more bytes than it reads.
 */
export function readQuotedPrintable(
  bytes: Uint8Array,
  reading: QuotedPrintableReading = 'keep',
): { bytes: Buffer; flawAt: number } {
  const end = bytes.length;
  const out = Buffer.allocUnsafe(end);
  let length = 0;
  let flawAt = -1;
  let lowerAt = -1;
  let upper = false;
  let at = 0;
  while (at < end) {
    const byte = bytes[at] as number;
    if (byte > SPACE ? byte !== EQUALS : byte === SPACE && (bytes[at + 1] ?? 0) > SPACE) {
      do out[length++] = bytes[at++] as number;
      while (at < end && (bytes[at] as number) > SPACE && bytes[at] !== EQUALS);
    } else if (byte === EQUALS) {
      const high = HEX[bytes[at + 1] ?? 0] as number;
      const low = HEX[bytes[at + 2] ?? 0] as number;
      if (high < 16 && low < 16) {
        if (high > 9 || low > 9) {
          if (isLower(bytes[at + 1] as number) || isLower(bytes[at + 2] as number)) {
            if (lowerAt < 0) lowerAt = at;
            if (reading === 'upper-case') {
              at += 3;
              continue;
            }
          } else upper = true;
        }
        out[length++] = high * 16 + low;
        at += 3;
        continue;
      }
      const blanks = skipBlanks(bytes, at + 1);
      const next = lineEnd(bytes, blanks);
      if (next >= 0) {
        at = next;
        continue;
      }
      if (flawAt < 0) flawAt = at;
      if (reading !== 'keep') at = blanks;
      else out[length++] = bytes[at++] as number;
    } else if (byte === SPACE || byte === TAB) {
      const blanks = skipBlanks(bytes, at);
      if (blanks === end || lineEnd(bytes, blanks) < 0) while (at < blanks) out[length++] = bytes[at++] as number;
      at = blanks;
    } else {
      out[length++] = byte;
      at++;
    }
  }
  if (flawAt < 0 && upper) flawAt = lowerAt;
  return { bytes: out.subarray(0, length), flawAt };
}

/** Decodes quoted-printable leniently: an `=` that escapes nothing stays. */
export function decodeQuotedPrintable(bytes: Uint8Array): Buffer {
  return readQuotedPrintable(bytes).bytes;
}

const HEX = new Uint8Array(256).fill(16);
for (const [value, char] of [...'0123456789ABCDEF'].entries()) {
  HEX[char.charCodeAt(0)] = value;
  HEX[char.toLowerCase().charCodeAt(0)] = value;
}

function isLower(byte: number): boolean {
  return byte >= 0x61;
}

function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  return at;
}

/** The offset behind the line end (or the end of the bytes) that stands at `at`, else -1. */
function lineEnd(bytes: Uint8Array, at: number): number {
  if (at >= bytes.length) return bytes.length;
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
}
