import { nextLine } from './line.ts';

/** A file found inside text. `start` and `end` bound it in the bytes it was found in, first and last line included. */
export interface EmbeddedFile {
  readonly encoding: 'uuencode' | 'yenc' | 'binhex';
  readonly name: string | null;
  readonly start: number;
  readonly end: number;
  readonly bytes: Buffer;
}

const BEGIN = /^begin(?:-base64)? +([0-7]{3,4}) +([^\r\n]{1,255}?)[ \t]*$/;

/** Reads a uuencoded file (POSIX uuencode) that begins at the line start `from`; null if no such line stands there. */
export function readUuencode(bytes: Buffer, from: number): EmbeddedFile | null {
  const first = nextLine(bytes, from, bytes.length);
  const head = BEGIN.exec(bytes.toString('latin1', from, Math.min(first.end, from + 300)));
  if (head === null) return null;
  const { data, next } = decodeUuencodeLines(bytes, first.next, bytes.length);
  if (data.length === 0) return null;
  return { encoding: 'uuencode', name: head[2] as string, start: from, end: next, bytes: data };
}

/**
 * Decodes uuencoded lines, with or without `begin` and `end` around them; what is no such line is passed over when `lenient`, and else ends
 * the data. Each line writes at most as many bytes as it holds, whatever its length digit says.
 */
export function decodeUuencodeLines(
  bytes: Buffer,
  from: number,
  to: number,
  lenient = false,
): { data: Buffer; next: number } {
  const lines: Line[] = [];
  let encoded = 0;
  let at = from;
  let after = to;
  while (at < to) {
    const { end, next } = nextLine(bytes, at, to);
    const width = end - at;
    if (width === 3 && bytes.toString('latin1', at, end) === 'end') {
      after = next;
      break;
    }
    if (isDataLine(bytes, at, end)) {
      lines.push({ start: at, end });
      encoded += width;
    } else if (!lenient && width > 0) {
      after = at;
      break;
    }
    at = next;
  }
  const out = Buffer.allocUnsafe(encoded);
  let length = 0;
  for (const { start, end } of lines) length = decodeLine(bytes, start, end, out, length);
  return { data: out.subarray(0, length), next: after };
}

interface Line {
  readonly start: number;
  readonly end: number;
}

/** How many bytes a line says it holds: its first character, a digit like the others. */
function countOf(bytes: Buffer, start: number): number {
  return ((bytes[start] as number) - 0x20) & 63;
}

/** True if a line holds what its first character announces; one or two characters more are checksums of old encoders. */
function isDataLine(bytes: Buffer, start: number, end: number): boolean {
  const width = end - start;
  if (width === 0) return false;
  const count = countOf(bytes, start);
  if (width - 1 < Math.ceil((count * 4) / 3) || width - 1 > Math.ceil(count / 3) * 4 + 2) return false;
  return printable(bytes, start, end);
}

function decodeLine(bytes: Buffer, start: number, end: number, out: Buffer, from: number): number {
  let length = from;
  for (let at = start + 1, left = countOf(bytes, start); left > 0; at += 4, left -= 3) {
    const a = digit(bytes, at, end);
    const b = digit(bytes, at + 1, end);
    const c = digit(bytes, at + 2, end);
    const d = digit(bytes, at + 3, end);
    out[length++] = (a << 2) | (b >> 4);
    if (left > 1) out[length++] = (b << 4) | (c >> 2);
    if (left > 2) out[length++] = (c << 6) | d;
  }
  return length;
}

/** A digit; blanks at the end of a line are often lost, so what is missing is zero. */
function digit(bytes: Buffer, at: number, end: number): number {
  return at < end ? ((bytes[at] as number) - 0x20) & 63 : 0;
}

function printable(bytes: Buffer, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (byte < 0x20 || byte > 0x60) return false;
  }
  return true;
}
