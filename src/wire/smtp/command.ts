/** A command as a client sent it, taken apart. */
export interface Command {
  /** Upper case, letters only, at most `VERB_MAX` of them. */
  readonly verb: string;
  /** What stands behind the first blank, without blanks at its end; one character a byte (latin1). */
  readonly argument: string;
}

/**
 * Why bytes are no command line that can be read in one way only.
 * `bare-lf`, `bare-cr`: a line end that only some servers take for one (RFC 5321 §2.3.8). `control`: NUL or another control byte.
 * `binary`: the first byte begins no line of text, as in TLS and SMB: its end is not waited for.
 * `no-verb`: the line does not begin with a word of letters.
 */
export type CommandFault = 'bare-lf' | 'bare-cr' | 'control' | 'no-verb' | 'overlong' | 'binary';

export const VERB_MAX = 16;

const CR = 0x0d;
const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const DEL = 0x7f;

/** What `takeCommand` found at `from`: a command or a fault that ends before `next`, or that more bytes are needed. */
export type TakenCommand =
  | { readonly kind: 'command'; readonly command: Command; readonly next: number }
  | { readonly kind: 'fault'; readonly fault: CommandFault; readonly next: number }
  | { readonly kind: 'more' };

/**
 * Reads one command line of `bytes` from the offset `from`, strictly: only CRLF ends it, and nothing in it is a control byte.
 * A line without an end is `overlong` as soon as `lineMax` bytes of it are there (CRLF counted, RFC 5321 §4.5.3.1.4), so that nothing grows
 * with what a stranger sends.
 */
export function takeCommand(bytes: Uint8Array, from: number, lineMax: number): TakenCommand {
  const end = Math.min(bytes.length, from + lineMax);
  if (from < end && isBinary(bytes[from] as number)) return { kind: 'fault', fault: 'binary', next: end };
  let control = false;
  for (let at = from; at < end; at++) {
    const byte = bytes[at] as number;
    if (byte > SPACE && byte !== DEL) continue;
    if (byte === SPACE || byte === TAB) continue;
    if (byte === LF) return { kind: 'fault', fault: 'bare-lf', next: at + 1 };
    if (byte !== CR) {
      control = true;
      continue;
    }
    if (at + 1 === bytes.length) return at + 1 < from + lineMax ? { kind: 'more' } : overlong(bytes.length);
    if (bytes[at + 1] !== LF) return { kind: 'fault', fault: 'bare-cr', next: at + 1 };
    const next = at + 2;
    if (next - from > lineMax) return overlong(next);
    if (control) return { kind: 'fault', fault: 'control', next };
    return parse(bytes, from, at, next);
  }
  return bytes.length - from >= lineMax ? overlong(end) : { kind: 'more' };
}

/** True if the last line of `bytes` is QUIT: whoever sent them has nothing more to say. */
export function endsWithQuit(bytes: Uint8Array): boolean {
  return /(?:^|\n)QUIT[ \t]*\r\n$/i.test(String.fromCharCode(...bytes.subarray(-LAST_LINE)));
}

/** Bytes in which the last line is looked for. */
const LAST_LINE = 16;

function overlong(next: number): TakenCommand {
  return { kind: 'fault', fault: 'overlong', next };
}

function parse(bytes: Uint8Array, from: number, to: number, next: number): TakenCommand {
  let at = from;
  while (at < to && isLetter(bytes[at] as number)) at++;
  const length = at - from;
  const stop = at < to ? (bytes[at] as number) : SPACE;
  if (length === 0 || length > VERB_MAX || stop !== SPACE) return { kind: 'fault', fault: 'no-verb', next };
  const verb = latin1(bytes, from, at).toUpperCase();
  // Blanks at the end of a line are to be tolerated (RFC 5321 §4.1.1).
  let last = to;
  while (last > at && (bytes[last - 1] === SPACE || bytes[last - 1] === TAB)) last--;
  return { kind: 'command', command: { verb, argument: last > at ? latin1(bytes, at + 1, last) : '' }, next };
}

function isBinary(byte: number): boolean {
  return byte >= DEL || (byte < SPACE && byte !== CR && byte !== LF && byte !== TAB);
}

function isLetter(byte: number): boolean {
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x7a;
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.prototype.latin1Slice.call(bytes, from, to);
}
