const EQUALS = 0x3d;
const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;

/** Decodes quoted-printable (RFC 2045 §6.7), leniently: an `=` that escapes nothing stays. Blanks at the end of a line are dropped. */
export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte === EQUALS) {
      const high = hexValue(bytes[at + 1]);
      const low = hexValue(bytes[at + 2]);
      if (high >= 0 && low >= 0) {
        out[length++] = high * 16 + low;
        at += 2;
        continue;
      }
      const next = endOfBlankLine(bytes, at + 1);
      if (next >= 0) {
        at = next - 1;
        continue;
      }
    } else if (byte === SPACE || byte === TAB) {
      let end = at;
      while (bytes[end] === SPACE || bytes[end] === TAB) end++;
      if (end === bytes.length || bytes[end] === LF || (bytes[end] === CR && bytes[end + 1] === LF)) {
        at = end - 1;
        continue;
      }
      while (at < end) out[length++] = bytes[at++] as number;
      at--;
      continue;
    }
    out[length++] = byte;
  }
  return out.subarray(0, length);
}

/** The offset behind the line end if only blanks stand before it, else -1. */
function endOfBlankLine(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === SPACE || bytes[at] === TAB) at++;
  if (at >= bytes.length) return bytes.length;
  if (bytes[at] === LF) return at + 1;
  return bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
}

function hexValue(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}
