import { nextLine } from './line.ts';
import type { EmbeddedFile } from './uuencode.ts';

/** Reads a yEnc file (yEnc 1.3) whose `=ybegin` line stands at the line start `from`; null if none does. */
export function readYenc(bytes: Buffer, from: number): EmbeddedFile | null {
  const first = nextLine(bytes, from, bytes.length);
  const head = bytes.toString('latin1', from, Math.min(first.end, from + 1_000));
  if (!head.startsWith('=ybegin ')) return null;
  const nameAt = head.indexOf(' name=');
  const name = nameAt === -1 ? null : head.slice(nameAt + 6).trim();
  const { data, next } = decodeYencLines(bytes, first.next, bytes.length);
  return { encoding: 'yenc', name, start: from, end: next, bytes: data };
}

/** Decodes yEnc lines up to `=yend` or `to`; lines that begin with `=y` are control lines. */
export function decodeYencLines(bytes: Buffer, from: number, to: number): { data: Buffer; next: number } {
  const out = Buffer.allocUnsafe(to - from);
  let length = 0;
  let at = from;
  while (at < to) {
    const { end, next } = nextLine(bytes, at, to);
    if (bytes[at] === 0x3d && bytes[at + 1] === 0x79) {
      if (bytes.toString('latin1', at, at + 5) === '=yend') return { data: out.subarray(0, length), next };
    } else {
      for (let index = at; index < end; index++) {
        let byte = bytes[index] as number;
        if (byte === 0x3d && index + 1 < end) byte = (bytes[++index] as number) - 64;
        out[length++] = byte - 42;
      }
    }
    at = next;
  }
  return { data: out.subarray(0, length), next: at };
}
