import type { EmbeddedFile } from './uuencode.ts';

const ALPHABET = '!"#$%&\'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr';
const DIGITS = new Uint8Array(256).fill(255);
for (const [value, char] of [...ALPHABET].entries()) DIGITS[char.charCodeAt(0)] = value;

const COLON = 0x3a;
const REPEAT = 0x90;

/** The line that stands before BinHex data; mail programs look for its words, not for the brackets. */
export const BINHEX_HEAD = 'must be converted with BinHex';

/**
 * Reads a BinHex 4.0 file (RFC 1741 Appendix A) whose data begin at the first colon that starts a line at or after `from`. The result is the
 * data fork, or the resource fork where that is empty. `most` bounds what run-length coding may unpack to.
 */
export function readBinhex(bytes: Buffer, from: number, most: number): EmbeddedFile | null {
  const start = colonLine(bytes, from);
  if (start === -1) return null;
  const close = bytes.indexOf(COLON, start + 1);
  const end = close === -1 ? bytes.length : close;
  const unpacked = expand(digitsOf(bytes, start + 1, end), most);
  const nameLength = unpacked[0] ?? 0;
  const head = 1 + nameLength + 1 + 4 + 4 + 2;
  if (nameLength > 63 || unpacked.length < head + 10) return null;
  const dataSize = unpacked.readUInt32BE(head);
  const resourceSize = unpacked.readUInt32BE(head + 4);
  const dataStart = head + 10;
  const data = unpacked.subarray(dataStart, dataStart + dataSize);
  const resource = unpacked.subarray(dataStart + dataSize + 2, dataStart + dataSize + 2 + resourceSize);
  return {
    encoding: 'binhex',
    name: nameLength === 0 ? null : unpacked.toString('latin1', 1, 1 + nameLength),
    start: from,
    end: Math.min(end + 1, bytes.length),
    bytes: data.length > 0 ? data : resource,
  };
}

/** The offset of the first `:` at or behind the line of `from` that begins a line, among the next few lines. */
function colonLine(bytes: Buffer, from: number): number {
  let at = from;
  for (let lines = 0; lines < 10 && at < bytes.length; lines++) {
    while (bytes[at] === 0x20 || bytes[at] === 0x09 || bytes[at] === 0x0d) at++;
    if (bytes[at] === COLON) return at;
    const end = bytes.indexOf(0x0a, at);
    if (end === -1) return -1;
    at = end + 1;
  }
  return -1;
}

function digitsOf(bytes: Buffer, from: number, to: number): Buffer {
  const out = Buffer.allocUnsafe(Math.ceil(((to - from) * 3) / 4));
  let length = 0;
  let bits = 0;
  let held = 0;
  for (let at = from; at < to; at++) {
    const digit = DIGITS[bytes[at] as number] as number;
    if (digit === 255) continue;
    bits = ((bits << 6) | digit) & 0xffff;
    held += 6;
    if (held >= 8) {
      held -= 8;
      out[length++] = bits >> held;
    }
  }
  return out.subarray(0, length);
}

/** Undoes run-length coding: `x 90 n` is x n times, `90 00` is the byte 90. */
function expand(packed: Buffer, most: number): Buffer {
  const out = Buffer.allocUnsafe(Math.min(measure(packed), most));
  let length = 0;
  for (let at = 0; at < packed.length && length < out.length; at++) {
    const byte = packed[at] as number;
    if (byte !== REPEAT) {
      out[length++] = byte;
      continue;
    }
    const count = packed[++at] ?? 0;
    if (count === 0) out[length++] = REPEAT;
    else {
      const last = length > 0 ? (out[length - 1] as number) : 0;
      for (let times = 1; times < count && length < out.length; times++) out[length++] = last;
    }
  }
  return out.subarray(0, length);
}

function measure(packed: Buffer): number {
  let length = 0;
  for (let at = 0; at < packed.length; at++) {
    if (packed[at] !== REPEAT) length++;
    else length += Math.max(1, (packed[++at] ?? 0) - 1);
  }
  return length;
}
