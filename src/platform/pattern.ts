import { isDigit, isWordCode, type Take, takeOf } from './pattern-class.ts';
import { takeLead } from './pattern-lead.ts';

/**
 * The matching language of fingerprints: literal words, a few captures, and nothing that can run away.
 *
 * - Letters match without regard to case. One space matches any run of blanks.
 * - `<version>` captures the longest run of its class under that name; `<from:number>` captures a `number` as `from`.
 * - `~` skips what usually stands between a name and its version: marks, and words of the list in `pattern-lead.ts` (ESMTP, Server, v).
 * - `…` skips to the first place where the literal behind it stands. It is never moved again, so there is no backtracking.
 * - `{ Patch <n:number>| SP<n:number>|}` takes the first alternative that fits; an empty last one makes it optional.
 * - A letter or digit that begins or ends the pattern begins or ends a word, and not one inside a host name: `Exim` matches
 *   neither `Eximius` nor `exim.example.org`.
 * - `^` binds the pattern to the start of the line, `$` to its end (blanks and full stops behind are ignored).
 * - `\` takes the next character as it is.
 *
 * A match costs at most one pass over the line for each place where the pattern can begin.
 */
export interface Pattern {
  readonly source: string;
  readonly anchored: boolean;
  /** Words of which one must stand in the line, and how far before it the pattern begins; empty if no word is certain. */
  readonly keys: readonly PatternKey[];
  readonly parts: readonly Part[];
  /** True if it begins with a letter or digit: a word begins there then. */
  readonly beginsWithWord: boolean;
  /** True if it ends with a literal letter or digit: a word ends there then. */
  readonly endsInWord: boolean;
}

export interface PatternKey {
  readonly word: string;
  /** Characters between the pattern's start and the word; null if that differs from line to line. */
  readonly offset: number | null;
}

export interface Match {
  readonly start: number;
  readonly end: number;
  readonly captures: ReadonlyMap<string, string>;
}

type Part =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'blanks' }
  | { readonly kind: 'gap' }
  | { readonly kind: 'lead' }
  | { readonly kind: 'end' }
  | { readonly kind: 'capture'; readonly name: string; readonly take: Take }
  | { readonly kind: 'choice'; readonly branches: readonly (readonly Part[])[] };

/** A line longer than this is matched by its beginning only. */
export const LINE_LENGTH_MAX = 2000;

/** Thrown by `compilePattern` for a pattern that is not well formed: a fault of our own data. */
export class PatternError extends Error {}

/** Reads a pattern once, so that matching costs little. */
export function compilePattern(source: string): Pattern {
  const anchored = source.startsWith('^');
  const reader = { source, at: anchored ? 1 : 0 };
  const parts = readParts(reader, false);
  if (reader.at < source.length) throw new PatternError(`${source}: unexpected ${source[reader.at]} at ${reader.at}`);
  const keys = anchored ? anyWord(parts) : leadingWords(parts);
  if (!anchored && keys.length === 0) throw new PatternError(`${source}: begins with no whole word; bind it with ^`);
  const beginsWithWord = !anchored && keys.every(({ offset }) => offset === 0);
  return { source, anchored, keys, parts, beginsWithWord, endsInWord: endsInWord(parts) };
}

/** Matches at `start` exactly; `folded` is the line in lower case. */
export function matchAt(pattern: Pattern, line: string, folded: string, start: number): Match | null {
  const captures = new Map<string, string>();
  if (pattern.beginsWithWord && !wordBegins(folded, start)) return null;
  const end = run(pattern.parts, line, folded, start, captures);
  if (end === -1 || (pattern.endsInWord && !wordEnds(folded, end))) return null;
  return { start, end, captures };
}

/** Matches wherever the pattern fits first: for tests and for callers without an index. */
export function match(pattern: Pattern, text: string): Match | null {
  const line = text.slice(0, LINE_LENGTH_MAX);
  const folded = foldCase(line);
  if (pattern.anchored) return matchAt(pattern, line, folded, 0);
  for (let start = 0; start < line.length; start++) {
    const found = matchAt(pattern, line, folded, start);
    if (found !== null) return found;
  }
  return null;
}

/** Lower case that keeps every character at its place: only ASCII letters change. */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.length === text.length ? lower : text.replace(/[A-Z]+/g, (run) => run.toLowerCase());
}

function run(
  parts: readonly Part[],
  line: string,
  folded: string,
  start: number,
  captures: Map<string, string>,
): number {
  let at = start;
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Part;
    switch (part.kind) {
      case 'literal':
        if (!folded.startsWith(part.text, at)) return -1;
        at += part.text.length;
        break;
      case 'blanks': {
        const end = takeBlanks(line, at);
        if (end === at) return -1;
        at = end;
        break;
      }
      case 'gap': {
        const next = parts[index + 1];
        if (next === undefined) return line.length;
        if (next.kind !== 'literal') throw new PatternError('a gap must be followed by a literal');
        at = folded.indexOf(next.text, at);
        if (at === -1) return -1;
        break;
      }
      case 'lead':
        at = takeLead(folded, at);
        if (at === -1) return -1;
        break;
      case 'end':
        if (takeTail(line, at) < line.length) return -1;
        break;
      case 'capture': {
        const end = part.take(line, at);
        if (end === -1) return -1;
        captures.set(part.name, line.slice(at, end));
        at = end;
        break;
      }
      case 'choice': {
        const end = runChoice(part.branches, line, folded, at, captures);
        if (end === -1) return -1;
        at = end;
        break;
      }
    }
  }
  return at;
}

function runChoice(
  branches: readonly (readonly Part[])[],
  line: string,
  folded: string,
  at: number,
  captures: Map<string, string>,
): number {
  for (const branch of branches) {
    const end = run(branch, line, folded, at, captures);
    if (end !== -1) return end;
  }
  return -1;
}

interface Reader {
  readonly source: string;
  at: number;
}

function readParts(reader: Reader, inChoice: boolean): Part[] {
  const parts: Part[] = [];
  let literal = '';
  const flush = () => {
    if (literal !== '') parts.push({ kind: 'literal', text: foldCase(literal) });
    literal = '';
  };
  while (reader.at < reader.source.length) {
    const char = reader.source[reader.at] as string;
    if (inChoice && (char === '|' || char === '}')) break;
    if (char === '}' || char === '|') break;
    reader.at++;
    if (char === '\\') {
      literal += reader.source[reader.at++] ?? '';
      continue;
    }
    if (!' <…{$~'.includes(char)) {
      literal += char;
      continue;
    }
    flush();
    if (char === ' ') parts.push({ kind: 'blanks' });
    else if (char === '…') parts.push({ kind: 'gap' });
    else if (char === '$') parts.push({ kind: 'end' });
    else if (char === '~') parts.push({ kind: 'lead' });
    else if (char === '<') parts.push(readCapture(reader));
    else parts.push(readChoice(reader));
  }
  flush();
  checkGaps(parts, reader.source);
  return parts;
}

function checkGaps(parts: readonly Part[], source: string): void {
  for (const [index, part] of parts.entries()) {
    const next = parts[index + 1];
    if (part.kind === 'gap' && next !== undefined && next.kind !== 'literal') {
      throw new PatternError(`${source}: … must be followed by a literal`);
    }
  }
}

function readCapture(reader: Reader): Part {
  const close = reader.source.indexOf('>', reader.at);
  if (close === -1) throw new PatternError(`${reader.source}: < without >`);
  const [name = '', kind = name] = reader.source.slice(reader.at, close).split(':');
  reader.at = close + 1;
  const take = takeOf(kind);
  if (take === undefined || name === '') throw new PatternError(`${reader.source}: no class ${JSON.stringify(kind)}`);
  return { kind: 'capture', name, take };
}

function readChoice(reader: Reader): Part {
  const branches: Part[][] = [];
  for (;;) {
    branches.push(readParts(reader, true));
    const close = reader.source[reader.at++];
    if (close === '}') return { kind: 'choice', branches };
    if (close !== '|') throw new PatternError(`${reader.source}: { without }`);
  }
}

/** True if no word, and no host name, reaches over `at` from before. */
function wordBegins(folded: string, at: number): boolean {
  const before = folded.charCodeAt(at - 1);
  if (at === 0 || Number.isNaN(before)) return true;
  if (isWordCode(before)) return false;
  return !(isJoint(before) && isWordCode(folded.charCodeAt(at - 2)));
}

/** True if no word, and no host name, reaches over `at` from behind. */
function wordEnds(folded: string, at: number): boolean {
  const next = folded.charCodeAt(at);
  if (isWordCode(next)) return false;
  const second = folded.charCodeAt(at + 1);
  return !(isJoint(next) && isWordCode(second) && !isDigit(second));
}

/** Full stop, hyphen, @: they hold host names and addresses together. */
function isJoint(code: number): boolean {
  return code === 46 || code === 45 || code === 64;
}

function takeBlanks(line: string, from: number): number {
  let at = from;
  while (line.charCodeAt(at) === 32 || line.charCodeAt(at) === 9) at++;
  return at;
}

function takeTail(line: string, from: number): number {
  let at = from;
  while (at < line.length && (line.charCodeAt(at) <= 32 || line[at] === '.')) at++;
  return at;
}

/** The words with which an unbound pattern can begin, one for each way in. */
function leadingWords(parts: readonly Part[]): PatternKey[] {
  const [first] = parts;
  if (first?.kind === 'choice') return first.branches.flatMap((branch) => leadingWords(branch));
  if (first?.kind !== 'literal') return [];
  const offset = firstWordOffset(first.text);
  if (offset === -1) return [];
  const word = wordAt(first.text, offset);
  const whole = offset + word.length < first.text.length || parts.length === 1 || endsWord(parts[1] as Part);
  return whole ? [{ word, offset }] : [];
}

/** A word that must stand in every line a bound pattern matches; the longest, as it is the rarest. */
function anyWord(parts: readonly Part[]): PatternKey[] {
  let best = '';
  for (const [index, part] of parts.entries()) {
    if (part.kind !== 'literal') continue;
    const before = parts[index - 1];
    const after = parts[index + 1];
    for (let at = 0; at < part.text.length; at++) {
      if (!isWordCode(part.text.charCodeAt(at))) continue;
      const word = wordAt(part.text, at);
      const opens = at > 0 || before === undefined || before.kind === 'blanks';
      const closes = at + word.length < part.text.length || after === undefined || endsWord(after);
      if (opens && closes && word.length > best.length) best = word;
      at += word.length;
    }
  }
  return best === '' ? [] : [{ word: best, offset: null }];
}

/** True if a word cannot go on into this part. */
function endsWord(part: Part): boolean {
  if (part.kind === 'blanks' || part.kind === 'end' || part.kind === 'lead') return true;
  if (part.kind === 'literal') return !isWordCode(part.text.charCodeAt(0));
  return part.kind === 'choice' && part.branches.every(([first]) => first === undefined || endsWord(first));
}

function endsInWord(parts: readonly Part[]): boolean {
  const last = parts.at(-1);
  return last?.kind === 'literal' && isWordCode(last.text.charCodeAt(last.text.length - 1));
}

function firstWordOffset(text: string): number {
  for (let at = 0; at < text.length; at++) if (isWordCode(text.charCodeAt(at))) return at;
  return -1;
}

function wordAt(text: string, from: number): string {
  let end = from;
  while (end < text.length && isWordCode(text.charCodeAt(end))) end++;
  return text.slice(from, end);
}
