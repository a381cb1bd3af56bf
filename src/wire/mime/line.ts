const LF = 0x0a;
const CR = 0x0d;

/** A line from `at` on: `end` is behind its last byte, `next` behind its line end (LF or CRLF). */
export interface Line {
  readonly end: number;
  readonly next: number;
}

/** The line that begins at `at`, not looking past `to`. */
export function nextLine(bytes: Buffer, at: number, to: number): Line {
  const found = bytes.indexOf(LF, at);
  if (found === -1 || found >= to) return { end: to > at && bytes[to - 1] === CR ? to - 1 : to, next: to };
  return { end: found > at && bytes[found - 1] === CR ? found - 1 : found, next: found + 1 };
}
