import type { Note } from './judge-header.ts';
import type { MimePart } from './part.ts';
import type { StructureReading } from './structure-reading.ts';

const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;

/** A container whose content is being read. `delimiter` is null for an enclosed message, which ends with what contains it. */
export interface Open {
  readonly part: MimePart;
  readonly delimiter: Buffer | null;
}

/** A boundary line of an open container, by its place in the stack. */
export interface Hit {
  readonly level: number;
  readonly close: boolean;
}

/** The open container whose boundary line this is, innermost first; null if it is none. */
export function matchBoundary(
  bytes: Buffer,
  line: number,
  lineEnd: number,
  open: readonly Open[],
  closed: readonly Open[],
  reading: StructureReading,
  note: Note,
): Hit | null {
  for (let level = open.length - 1, seen = 0; level >= 0; level--) {
    const delimiter = (open[level] as Open).delimiter;
    if (delimiter === null) continue;
    if (reading.innermost && seen++ > 0) break;
    const length = delimiter.length;
    if (lineEnd - line < length || bytes[line + length - 1] !== delimiter[length - 1]) continue;
    if (!startsWith(bytes, line, delimiter)) continue;
    let rest = line + length;
    const close = bytes[rest] === DASH && bytes[rest + 1] === DASH && rest + 1 < lineEnd;
    if (close) rest += 2;
    const restStart = rest;
    while (rest < lineEnd && isBoundaryBlank(bytes[rest] as number)) rest++;
    if (rest === lineEnd) {
      const plain = restStart === lineEnd || (restStart + 1 === lineEnd && bytes[restStart] === CR);
      if (!plain) note('mime/boundary-blanks', 'info', line, lineEnd);
      return { level, close };
    }
    if (!startsOther(bytes, line, lineEnd, open[level] as Open, [...open, ...closed])) {
      note('mime/boundary-prefix', 'medium', line, lineEnd);
      if (reading.delimiters === 'prefix') return { level, close };
    }
  }
  return null;
}

/** True if the line is, whole, the boundary line of another container. */
function startsOther(bytes: Buffer, line: number, lineEnd: number, own: Open, all: readonly Open[]): boolean {
  let end = lineEnd;
  while (end > line && isBoundaryBlank(bytes[end - 1] as number)) end--;
  return all.some(
    (other) => other !== own && other.delimiter !== null && isDelimiterLine(bytes, line, end, other.delimiter),
  );
}

/** True if the line is the delimiter, or its end line, and nothing else. */
export function isDelimiterLine(bytes: Buffer, line: number, end: number, delimiter: Buffer): boolean {
  const rest = end - line - delimiter.length;
  if (rest !== 0 && !(rest === 2 && bytes[end - 1] === DASH && bytes[end - 2] === DASH)) return false;
  return startsWith(bytes, line, delimiter);
}

function startsWith(bytes: Buffer, line: number, delimiter: Buffer): boolean {
  for (let at = 0; at < delimiter.length; at++) if (bytes[line + at] !== delimiter[at]) return false;
  return true;
}

function isBoundaryBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}
