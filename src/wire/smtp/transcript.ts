import type { Line } from './line.ts';
import { escapeBytes, type Pattern, readPattern, unescapeBytes, writePattern } from './transcript-text.ts';

/**
 * A dialogue as text: the evidence of a scan, the script of a drill and the case of a test are written in this one form.
 *
 * `C: line` sends a line, `C> "bytes"` sends exactly these bytes (`C> "A" x 5000` many times), `S: line` is a line of the
 * server in which `*` is anything, `S!` is its hanging up, `# note` says why. Several `S:` lines on end with `250-` and `250 ` are one reply; a
 * single `S:` line stands for the last line of a reply of any length.
 */
export type TranscriptStep = { readonly line: number } & (
  | { readonly kind: 'say'; readonly text: string }
  /** `bytes` as often as `times` says. They stand apart, so that a number somebody wrote allocates nothing; `piecesOf` sends them. */
  | { readonly kind: 'bytes'; readonly bytes: string; readonly times: number }
  | { readonly kind: 'expect'; readonly pattern: Pattern }
  | { readonly kind: 'end' }
  | { readonly kind: 'note'; readonly text: string }
);

export interface TranscriptFault {
  /** From 1. */
  readonly line: number;
  /** What is wrong, and what would be right. */
  readonly what: string;
}

export interface Transcript {
  readonly steps: readonly TranscriptStep[];
  readonly faults: readonly TranscriptFault[];
}

/** Bounds of a transcript. `bytes` is what it may send in all, repetitions counted. */
export const TRANSCRIPT_LIMITS = { lines: 20_000, bytes: 4_194_304 } as const;

/** Reads a transcript. Never throws; a line that cannot be read is a fault, and the others are read all the same. */
export function readTranscript(text: string): Transcript {
  const steps: TranscriptStep[] = [];
  const faults: TranscriptFault[] = [];
  let room = TRANSCRIPT_LIMITS.bytes;
  const lines = text.split(/\r?\n/, TRANSCRIPT_LIMITS.lines + 1);
  if (lines.length > TRANSCRIPT_LIMITS.lines) {
    faults.push({ line: lines.length, what: `a transcript has at most ${TRANSCRIPT_LIMITS.lines} lines` });
    lines.pop();
  }
  for (const [index, written] of lines.entries()) {
    const line = index + 1;
    const step = readStep(written, room);
    if (step === null) continue;
    if (typeof step === 'string') faults.push({ line, what: step });
    else {
      if (step.kind === 'say') room -= step.text.length;
      if (step.kind === 'bytes') room -= step.bytes.length * step.times;
      steps.push({ ...step, line });
    }
  }
  return { steps, faults };
}

type Step = TranscriptStep extends infer S ? (S extends unknown ? Omit<S, 'line'> : never) : never;

const BAD_ESCAPE = 'after a backslash stands r, n, t, 0, *, ", another backslash, or x and two hexadecimal digits';

/** One line: a step, a fault in words, or null for an empty line. */
function readStep(line: string, room: number): Step | string | null {
  const mark = line.slice(0, 2);
  const rest = line[2] === ' ' ? line.slice(3) : line.slice(2);
  if (line.trim() === '') return null;
  if (line[0] === '#') return { kind: 'note', text: line[1] === ' ' ? line.slice(2) : line.slice(1) };
  if (mark === 'S:') {
    const read = readPattern(rest);
    return 'faultAt' in read ? BAD_ESCAPE : { kind: 'expect', pattern: read.pattern };
  }
  if (mark === 'C:') {
    const read = unescapeBytes(rest);
    if ('faultAt' in read) return BAD_ESCAPE;
    if (/[\r\n]/.test(read.bytes)) return 'a line of C: holds no CR and no LF; C> "…" sends them';
    return read.bytes.length > room ? TOO_MUCH : { kind: 'say', text: read.bytes };
  }
  if (mark === 'C>') return readBytes(rest, room);
  if (line.trim() === 'S!') return { kind: 'end' };
  return 'a line begins with C: or C> or S: or #, or is S!';
}

const TOO_MUCH = `a transcript sends at most ${TRANSCRIPT_LIMITS.bytes} bytes`;

function readBytes(rest: string, room: number): Step | string {
  const end = closingQuote(rest);
  if (end === -1) return 'behind C> stands text in double quotes';
  const read = unescapeBytes(rest.slice(1, end));
  if ('faultAt' in read) return BAD_ESCAPE;
  const behind = rest.slice(end + 1).trim();
  const times = behind === '' ? 1 : Number(/^x (\d{1,9})$/.exec(behind)?.[1] ?? Number.NaN);
  if (Number.isNaN(times)) return 'behind the quotes stands nothing, or x and a number of times';
  if (read.bytes.length * times > room) return TOO_MUCH;
  return { kind: 'bytes', bytes: read.bytes, times };
}

/** The index of the quote that ends a text which begins with one; -1 if there is none. */
function closingQuote(text: string): number {
  if (text[0] !== '"') return -1;
  for (let index = 1; index < text.length; index += 1) {
    if (text[index] === '\\') index += 1;
    else if (text[index] === '"') return index;
  }
  return -1;
}

/** The length of a piece of `piecesOf`, unless the bytes written once are longer. */
const PIECE = 65_536;

/** The bytes of a step in the order in which they are sent, in pieces, so that what is held at a time is bounded. */
export function* piecesOf({ bytes, times }: { readonly bytes: string; readonly times: number }): Generator<string> {
  if (bytes === '') return;
  const perPiece = Math.max(1, Math.floor(PIECE / bytes.length));
  for (let left = times; left > 0; left -= perPiece) yield bytes.repeat(Math.min(left, perPiece));
}

/** Writes a transcript so that it reads back as the same steps. */
export function writeTranscript(steps: readonly Step[]): string {
  return steps.map((step) => `${writeStep(step)}\n`).join('');
}

function writeStep(step: Step): string {
  switch (step.kind) {
    case 'say':
      return trimmed(`C: ${escapeBytes(step.text)}`);
    case 'bytes':
      return `C> "${escapeBytes(step.bytes, '"')}"${step.times === 1 ? '' : ` x ${step.times}`}`;
    case 'expect':
      return trimmed(`S: ${writePattern(step.pattern)}`);
    case 'end':
      return 'S!';
    case 'note':
      return trimmed(`# ${step.text.replaceAll(/[\r\n]+/g, ' ')}`);
  }
}

/** An empty line is written without the blank that nobody sees. */
function trimmed(line: string): string {
  return line.length === 3 && line.endsWith(' ') ? line.slice(0, 2) : line;
}

/** What stands where TLS began, for a reader. */
export const TLS_NOTE = 'TLS from here on';

/** Turns a recorded dialogue into a transcript that can be played again; the server's words are taken as they were. */
export function transcriptOf(lines: readonly Line[]): Step[] {
  const steps: Step[] = [];
  let secure = false;
  for (const line of lines) {
    if (line.secure === true && !secure) {
      secure = true;
      steps.push({ kind: 'note', text: TLS_NOTE });
    }
    if (line.from === 'server') steps.push({ kind: 'expect', pattern: [line.text] });
    // A line holds no line end; a client's entry that does was sent as exact bytes.
    else if (/[\r\n]/.test(line.text)) steps.push({ kind: 'bytes', bytes: line.text, times: 1 });
    else steps.push({ kind: 'say', text: line.text });
  }
  return steps;
}
