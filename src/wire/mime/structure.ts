import type { Ambiguity, AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import { boundaryCandidates } from './boundary.ts';
import { HeaderBlock, type HeaderField } from './header-block.ts';
import { judgeHeader } from './judge-header.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import { isIdentity, MimePart } from './part.ts';
import type { StructureReading } from './structure-reading.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;
const COLON = 0x3a;

const LINE_WITH_DASHES = Buffer.from('\n--', 'latin1');
const AMBIGUITIES_MAX = 500;
const DETAIL_MAX = 120;
/** So many multiparts that have ended are remembered, to know their boundary lines again. */
const CLOSED_MAX = 20;
/** A header line may have 998 bytes (RFC 5322 §2.1.1). */
const LINE_MAX = 998;

/** A container whose content is being read. `delimiter` is null for an enclosed message, which ends with what contains it. */
interface Open {
  readonly part: MimePart;
  readonly delimiter: Buffer | null;
}

/** A boundary line of an open container, by its place in the stack. */
interface Hit {
  readonly level: number;
  readonly close: boolean;
}

/**
 * Finds the parts of a message in one pass over its lines, without recursion and without a copy, while the bytes arrive. It follows one
 * reading and notes on the way where another reading would differ.
 */
export class StructureScanner {
  readonly parts: MimePart[] = [];
  readonly ambiguities: Ambiguity[] = [];
  readonly reached = new Set<MimeLimit>();
  /** Grows while the message arrives; parts and headers look here, by offset. */
  readonly source: { bytes: Buffer };

  readonly #limits: MimeLimits;
  readonly #reading: StructureReading;
  readonly #firstDepth: number;
  readonly #open: Open[] = [];
  /** Multiparts that have had their end line, while what contains them goes on. */
  #closed: Open[] = [];
  /** Multiparts that were ended by the boundary of what contains them. */
  readonly #interrupted: Open[] = [];
  /** The leaf whose body is being read; null in a preamble or epilogue. */
  #leaf: MimePart | null = null;
  #parent: MimePart | null = null;
  #inHeader = true;
  #at = 0;
  #full = false;

  #headerStart = 0;
  #fields: HeaderField[] = [];
  #fieldCount = 0;
  #name = '';
  #fieldStart = 0;
  #valueStart = 0;
  #fieldEnd = 0;
  /** Where the header first held what is no field, or a line of blanks; -1 if nowhere. */
  #otherLineAt = -1;
  #blankLineAt = -1;
  #crlfLines = false;
  #lfLines = false;
  /** The header ended with an empty line. */
  #emptyLine = false;

  constructor(bytes: Buffer, limits: MimeLimits, reading: StructureReading, depth = 0) {
    this.source = { bytes };
    this.#limits = limits;
    this.#reading = reading;
    this.#firstDepth = depth;
  }

  /** Reads on as far as the bytes that are there allow; with `final`, to their end. */
  advance(final: boolean): void {
    const { bytes } = this.source;
    while (!this.#full) {
      const moved = this.#inHeader ? this.#takeHeaderLine(bytes, final) : this.#takeDelimiter(bytes, final);
      if (!moved) break;
    }
    if (final) this.#finish(bytes);
  }

  #finish(bytes: Buffer): void {
    // A lone CR before two dashes: to readers that take it for a line end, a boundary line.
    const cr = bytes.indexOf('\r--', 0, 'latin1');
    if (cr !== -1) this.#note('mime/bare-cr', 'medium', cr, cr + 40);
    if (this.#inHeader && !this.#full) this.#endHeader(bytes.length, bytes.length);
    if (this.#leaf !== null) this.#leaf.bodyEnd = bytes.length;
    for (const container of this.#open) {
      container.part.bodyEnd = bytes.length;
      if (container.delimiter !== null) this.#noteEnd(container, true);
    }
    this.#open.length = 0;
  }

  // Header ------------------------------------------------------------------------------------------------------------------------

  #beginHeader(parent: MimePart | null): void {
    this.#parent = parent;
    this.#inHeader = true;
    this.#headerStart = this.#at;
    this.#fields = [];
    this.#fieldCount = 0;
    this.#name = '';
    this.#otherLineAt = -1;
    this.#blankLineAt = -1;
    this.#emptyLine = false;
    this.#crlfLines = false;
    this.#lfLines = false;
  }

  /** Takes one line of a header. False if the line is not all there. */
  #takeHeaderLine(bytes: Buffer, final: boolean): boolean {
    const at = this.#at;
    if (at >= bytes.length) return false;
    const found = bytes.indexOf(LF, at);
    if (found === -1 && !final) return false;
    const lineEnd = found === -1 ? bytes.length : found;
    const next = found === -1 ? bytes.length : found + 1;
    let end = lineEnd;
    // CR CR LF ends a line too: some servers write it.
    while (end > at && bytes[end - 1] === CR) end--;
    if (end < lineEnd) this.#crlfLines = true;
    else if (found !== -1) this.#lfLines = true;
    if (end === at) {
      this.#emptyLine = true;
      this.#endHeader(at, next);
      return true;
    }
    const first = bytes[at] as number;
    if (first === SPACE || first === TAB) {
      if (this.#takeFold(bytes, at, end)) {
        this.#endHeader(at, next);
        return true;
      }
    } else {
      const hit = first === DASH && bytes[at + 1] === DASH ? this.#match(bytes, at, end) : null;
      if (hit !== null) {
        this.#note('mime/boundary-in-header', this.#fieldCount > 0 ? 'medium' : 'low', at, end);
        this.#endHeader(at, at);
        return true;
      }
      const colon = this.#colonOf(bytes, at, end);
      if (colon >= 0) this.#beginField(bytes, at, colon, end);
      else {
        const step = this.#takeOtherLine(bytes, at, end, next, final);
        if (step === 'wait') return false;
        if (step === 'body') return true;
      }
    }
    this.#at = next;
    if (end - at > LINE_MAX) {
      this.#note('mime/long-line', 'info', at, at + 40);
      if (end - at > this.#limits.lineLength) this.reached.add('lineLength');
    }
    if (next - this.#headerStart > this.#limits.headerBytes) {
      this.reached.add('headerBytes');
      this.#endHeader(next, next);
    }
    return true;
  }

  /** A continuation line (RFC 5322 §2.2.3). True if this reading ends the header there. */
  #takeFold(bytes: Buffer, at: number, end: number): boolean {
    let text = at;
    while (text < end && (bytes[text] === SPACE || bytes[text] === TAB)) text++;
    if (text === end) {
      if (this.#blankLineAt < 0) this.#blankLineAt = at;
      if (this.#reading.blankLineEnds) return true;
    } else if (looksLikeWholeMimeField(bytes, text, end)) {
      this.#note('mime/hidden-field', 'medium', at, end);
      if (this.#reading.hiddenFields) {
        const colon = bytes.indexOf(COLON, text);
        if (colon !== -1 && colon < end) this.#beginField(bytes, text, colon, end);
        return false;
      }
    }
    if (this.#name !== '') this.#fieldEnd = end;
    else if (this.#otherLineAt < 0 && this.#fieldCount === 0) this.#otherLineAt = at;
    return false;
  }

  /** Offset of the colon if the line is a field: printable ASCII, perhaps blanks, a colon (RFC 5322 §2.2, §4.5). Else -1. */
  #colonOf(bytes: Buffer, at: number, end: number): number {
    let index = at;
    while (index < end) {
      const byte = bytes[index] as number;
      if (byte === COLON || byte <= SPACE || byte >= 0x7f) break;
      index++;
    }
    if (index === at || index === end) return -1;
    if (bytes[index] === COLON) return index;
    const nameEnd = index;
    while (index < end && (bytes[index] as number) <= SPACE && bytes[index] !== 0) index++;
    if (bytes[index] !== COLON || index >= end) return -1;
    const mime = looksLikeMimeField(bytes, at, nameEnd);
    this.#note('mime/blank-before-colon', mime || isIdentityField(bytes, at, nameEnd) ? 'medium' : 'low', at, index);
    return index;
  }

  #beginField(bytes: Buffer, at: number, colon: number, end: number): void {
    this.#endField();
    this.#fieldCount++;
    let nameEnd = colon;
    while (nameEnd > at && (bytes[nameEnd - 1] as number) <= SPACE) nameEnd--;
    this.#name = bytes.toString('latin1', at, nameEnd).toLowerCase();
    this.#fieldStart = at;
    this.#valueStart = colon + 1;
    this.#fieldEnd = end;
  }

  #endField(): void {
    if (this.#name === '') return;
    const mime = this.#name.startsWith('content-');
    if (
      this.#fields.length < this.#limits.headerFields ||
      (mime && this.#fields.length < 2 * this.#limits.headerFields)
    )
      this.#fields.push({
        name: this.#name,
        start: this.#fieldStart,
        valueStart: this.#valueStart,
        end: this.#fieldEnd,
      });
    else this.reached.add('headerFields');
    this.#name = '';
  }

  /** A line that is neither field nor continuation. */
  #takeOtherLine(bytes: Buffer, at: number, end: number, next: number, final: boolean): 'skip' | 'wait' | 'body' {
    if (isMailboxLine(bytes, at)) return 'skip';
    if (looksLikeMimeField(bytes, at, end)) this.#note('mime/hidden-field', 'medium', at, end);
    if (this.#fieldCount === 0) {
      // Junk before the first field is passed over; a part that begins with text has no header.
      const following = next < bytes.length ? bytes.indexOf(LF, next) : -1;
      if (following === -1 && !final) return 'wait';
      const followingEnd = following === -1 ? bytes.length : following;
      const field =
        looksLikeMimeField(bytes, next, followingEnd) ||
        (this.#parent === null && isFieldLine(bytes, next, followingEnd));
      if (!field) {
        this.#note('mime/header-end', 'low', at, end);
        this.#endHeader(at, at);
        return 'body';
      }
    }
    if (this.#otherLineAt < 0) this.#otherLineAt = at;
    if (this.#reading.otherLineEnds) {
      this.#endHeader(at, at);
      return 'body';
    }
    return 'skip';
  }

  #endHeader(end: number, next: number): void {
    this.#endField();
    const { bytes } = this.source;
    const parent = this.#parent;
    const header = new HeaderBlock(this.source, this.#fields, this.#headerStart, end);
    const numbered = parent !== null && parent.type !== 'message';
    const part = new MimePart(
      this.source,
      {
        index: this.parts.length,
        parent: parent?.index ?? -1,
        depth: parent === null ? this.#firstDepth : parent.depth + 1,
        header,
        bodyStart: next,
        prefix: parent?.path ?? '',
        number: numbered ? parent.children.length + 1 : 0,
      },
      parent !== null && parent.type === 'multipart' && parent.subtype === 'digest',
      this.#reading,
      this.#limits,
    );
    this.#noteHeaderLines(part);
    parent?.children.push(part.index);
    this.parts.push(part);
    judgeHeader(part, this.#limits, (rule, severity, at, to) => this.#note(rule, severity, at, to));
    this.#at = next;
    this.#inHeader = false;
    this.#leaf = part;
    this.#openContainer(part, bytes);
  }

  #noteHeaderLines(part: MimePart): void {
    const lastMime = part.header.fields.findLast(({ name }) => name.startsWith('content-'))?.start ?? -1;
    if (this.#otherLineAt >= 0) {
      // A body without an empty line before it is passed over as if it were header.
      const severity =
        lastMime > this.#otherLineAt || (lastMime >= 0 && !this.#emptyLine) || !isIdentity(part.encoding)
          ? 'medium'
          : 'low';
      this.#noteOn(part.index, 'mime/no-colon', severity, this.#otherLineAt, this.#otherLineAt + 60);
    }
    if (this.#blankLineAt >= 0) {
      // Where the blanks are the last line of the header, what follows them may be meant as body.
      const severity = lastMime > this.#blankLineAt || part.encoding !== '7bit' ? 'medium' : 'low';
      this.#noteOn(part.index, 'mime/blank-line-in-header', severity, this.#blankLineAt, this.#blankLineAt + 20);
    }
    if (this.#crlfLines && this.#lfLines)
      this.#noteOn(part.index, 'mime/mixed-line-ends', 'info', part.header.start, part.header.start + 20);
  }

  #openContainer(part: MimePart, bytes: Buffer): void {
    const enclosed = part.type === 'message' && ENCLOSED.has(part.subtype);
    if (part.type !== 'multipart' && !enclosed) return;
    if (part.depth >= this.#limits.depth) {
      this.reached.add('depth');
      return;
    }
    if (enclosed) {
      if (!isIdentity(part.encoding)) return;
      if (!this.#room()) return;
      this.#open.push({ part, delimiter: null });
      this.#leaf = null;
      this.#beginHeader(part);
      return;
    }
    const boundary = this.#boundaryOf(part, bytes);
    if (boundary === null) return;
    const delimiter = Buffer.from(`--${boundary.slice(0, this.#limits.boundaryLength)}`, 'latin1');
    if (boundary.length > this.#limits.boundaryLength) this.reached.add('boundaryLength');
    this.#noteNesting(delimiter, part);
    this.#open.push({ part, delimiter });
    this.#leaf = null;
  }

  /** The boundary that this reading takes; null if it finds none. */
  #boundaryOf(part: MimePart, bytes: Buffer): string | null {
    const field = part.header.field('content-type');
    const text = field === null || part.contentType === null ? '' : part.header.valueOf(field);
    const candidates = boundaryCandidates(part.contentType, text);
    if (this.#reading.boundary === 0) return candidates[0] ?? null;
    const occurring = candidates.filter(
      (value, index) => index > 0 && bytes.indexOf(`\n--${value}`, part.bodyStart - 1, 'latin1') !== -1,
    );
    return occurring[this.#reading.boundary - 1] ?? candidates[0] ?? null;
  }

  #noteNesting(delimiter: Buffer, part: MimePart): void {
    for (const { delimiter: outer } of this.#open) {
      if (outer === null) continue;
      const length = Math.min(outer.length, delimiter.length);
      if (outer.compare(delimiter, 0, length, 0, length) !== 0) continue;
      const severity = outer.length === delimiter.length ? 'medium' : 'low';
      this.#noteOn(part.index, 'mime/boundary-nested', severity, part.header.start, part.header.end);
      return;
    }
  }

  // Body --------------------------------------------------------------------------------------------------------------------------

  /** Goes to the next line that begins with two dashes. False if there is none or it is not all there. */
  #takeDelimiter(bytes: Buffer, final: boolean): boolean {
    let line = this.#at;
    const atStart = bytes[line] === DASH && bytes[line + 1] === DASH && (line === 0 || bytes[line - 1] === LF);
    if (!atStart) {
      const found = bytes.indexOf(LINE_WITH_DASHES, Math.max(0, line - 1));
      if (found === -1) {
        this.#at = final ? bytes.length : Math.max(this.#at, bytes.length - 2);
        return false;
      }
      line = found + 1;
    }
    const found = bytes.indexOf(LF, line);
    // The line behind is looked at too, to tell a boundary that nobody declared.
    if (!final && (found === -1 || bytes.length - found < 16)) {
      this.#at = line;
      return false;
    }
    const lineEnd = found === -1 ? bytes.length : found;
    this.#at = found === -1 ? bytes.length : found + 1;
    const hit = this.#match(bytes, line, lineEnd);
    if (hit !== null) this.#takeHit(bytes, line, hit);
    else this.#judgeOtherDelimiter(bytes, line, lineEnd);
    return true;
  }

  #takeHit(bytes: Buffer, line: number, hit: Hit): void {
    const end = beforeLineEnd(bytes, line);
    this.#endLeaf(end);
    while (this.#open.length > hit.level + 1) {
      const container = this.#open.pop() as Open;
      container.part.bodyEnd = Math.max(container.part.bodyStart, end);
      if (container.delimiter === null) continue;
      this.#noteEnd(container, false);
      if (this.#interrupted.length < CLOSED_MAX) this.#interrupted.push(container);
    }
    const container = this.#open[hit.level] as Open;
    if (hit.close) {
      this.#open.pop();
      container.part.bodyEnd = this.#at;
      if (container.part.children.length === 0) this.#noteEnd(container, false);
      if (this.#closed.length < CLOSED_MAX) this.#closed.push(container);
      return;
    }
    if (this.#room()) this.#beginHeader(container.part);
  }

  #endLeaf(end: number): void {
    if (this.#leaf !== null) this.#leaf.bodyEnd = Math.max(this.#leaf.bodyStart, end);
    this.#leaf = null;
  }

  /** A multipart ended without its end line, or without ever having begun. */
  #noteEnd(container: Open, atEnd: boolean): void {
    const { part } = container;
    if (part.children.length === 0) {
      const text = this.source.bytes
        .toString('latin1', part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + 4_000))
        .trim();
      if (text !== '') this.#noteOn(part.index, 'mime/boundary-missing', 'medium', part.header.start, part.header.end);
    } else {
      this.#noteOn(part.index, 'mime/missing-end', 'low', atEnd ? part.bodyEnd : part.bodyEnd, part.bodyEnd);
    }
  }

  /** A line of two dashes and more that no open container declared. */
  #judgeOtherDelimiter(bytes: Buffer, line: number, lineEnd: number): void {
    let end = lineEnd;
    while (end > line && (bytes[end - 1] as number) <= SPACE) end--;
    if (end - line < 3) return;
    if (this.#interrupted.some(({ delimiter }) => delimiter !== null && isDelimiterLine(bytes, line, end, delimiter))) {
      this.#note('mime/boundary-nested', 'medium', line, end);
      return;
    }
    const closed = this.#closed.find(({ delimiter }) => delimiter?.equals(bytes.subarray(line, end)) === true);
    if (closed !== undefined && looksLikeMimeField(bytes, lineEnd + 1, lineEnd + 40)) {
      this.#note('mime/part-after-end', 'medium', line, end);
      if (this.#reading.reopen) {
        this.#endLeaf(beforeLineEnd(bytes, line));
        this.#closed = this.#closed.filter((container) => container !== closed);
        this.#open.push(closed);
        if (this.#room()) this.#beginHeader(closed.part);
      }
      return;
    }
    // Text that quotes a message is common; boundaries between the parts of a multipart are not.
    if (!looksLikeMimeField(bytes, lineEnd + 1, lineEnd + 40)) return;
    const within = this.#leaf ?? this.#open.at(-1)?.part ?? null;
    if (within === null) return;
    const plainText =
      this.#leaf !== null && this.#leaf.type === 'text' && (this.#leaf.parent >= 0 || isPlain(this.#leaf));
    this.#note('mime/unread-delimiter', plainText ? 'info' : 'medium', line, end);
    if (!this.#reading.sniff || within.depth >= this.#limits.depth) return;
    const delimiter = Buffer.from(bytes.subarray(line, Math.min(end, line + this.#limits.boundaryLength)));
    this.#leaf = null;
    this.#open.push({ part: within, delimiter });
    if (this.#room()) this.#beginHeader(within);
  }

  /** The open container whose boundary line this is, innermost first; null if it is none. */
  #match(bytes: Buffer, line: number, lineEnd: number): Hit | null {
    for (let level = this.#open.length - 1, seen = 0; level >= 0; level--) {
      const delimiter = (this.#open[level] as Open).delimiter;
      if (delimiter === null) continue;
      if (this.#reading.innermost && seen++ > 0) break;
      const length = delimiter.length;
      if (lineEnd - line < length || bytes[line + length - 1] !== delimiter[length - 1]) continue;
      if (bytes.compare(delimiter, 0, length, line, line + length) !== 0) continue;
      let rest = line + length;
      const close = bytes[rest] === DASH && bytes[rest + 1] === DASH && rest + 1 < lineEnd;
      if (close) rest += 2;
      const restStart = rest;
      while (rest < lineEnd && isBoundaryBlank(bytes[rest] as number)) rest++;
      if (rest === lineEnd) {
        const plain = restStart === lineEnd || (restStart + 1 === lineEnd && bytes[restStart] === CR);
        if (!plain) this.#note('mime/boundary-blanks', 'info', line, lineEnd);
        return { level, close };
      }
      if (!this.#startsOther(bytes, line, lineEnd, level)) {
        this.#note('mime/boundary-prefix', 'medium', line, lineEnd);
        if (this.#reading.delimiters === 'prefix') return { level, close };
      }
    }
    return null;
  }

  /** True if the line is, whole, the boundary line of another container. */
  #startsOther(bytes: Buffer, line: number, lineEnd: number, level: number): boolean {
    let end = lineEnd;
    while (end > line && isBoundaryBlank(bytes[end - 1] as number)) end--;
    return this.#open.concat(this.#closed).some(({ delimiter }, index) => {
      if (delimiter === null || index === level) return false;
      return isDelimiterLine(bytes, line, end, delimiter);
    });
  }

  #room(): boolean {
    if (this.parts.length < this.#limits.parts) return true;
    this.reached.add('parts');
    this.#full = true;
    this.#inHeader = false;
    return false;
  }

  #note(rule: AmbiguityRule, severity: AmbiguitySeverity, at: number, to: number): void {
    const part = this.#inHeader ? this.parts.length : (this.#leaf ?? this.#open.at(-1)?.part)?.index;
    this.#noteOn(part ?? 0, rule, severity, at, to);
  }

  #noteOn(part: number, rule: AmbiguityRule, severity: AmbiguitySeverity, at: number, to: number): void {
    if (this.ambiguities.length >= AMBIGUITIES_MAX) return;
    const last = this.ambiguities.findLast((ambiguity) => ambiguity.rule === rule && ambiguity.part === part);
    if (last !== undefined && last.severity === severity) return;
    const detail = this.source.bytes.toString('latin1', at, Math.min(to, at + DETAIL_MAX));
    this.ambiguities.push({ rule, severity, at, part, detail });
  }
}

/** Subtypes of `message` that hold a message (RFC 2046 §5.2.1, RFC 6532 §3.7). */
const ENCLOSED: ReadonlySet<string> = new Set(['rfc822', 'global', 'news']);

/** True if the part is text by name and in no way odd, so that nobody would look for parts in it. */
function isPlain(part: MimePart): boolean {
  return part.contentType === null ? !part.header.field('content-type') : part.contentType.flaws.length === 0;
}

/** True if the line is the delimiter, or its end line, and nothing else. */
function isDelimiterLine(bytes: Buffer, line: number, end: number, delimiter: Buffer): boolean {
  const rest = end - line - delimiter.length;
  if (rest !== 0 && !(rest === 2 && bytes[end - 1] === DASH && bytes[end - 2] === DASH)) return false;
  return bytes.compare(delimiter, 0, delimiter.length, line, line + delimiter.length) === 0;
}

function isBoundaryBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === CR;
}

const MIME_FIELD = /^content[-_ ](?:type|transfer[-_ ]?encoding|disposition)\b/i;

/** True if the name of a field that decides how a part is read stands there, blanks and controls before it apart. */
export function looksLikeMimeField(bytes: Buffer, at: number, end: number): boolean {
  let from = at;
  while (from < end && (bytes[from] as number) <= SPACE && bytes[from] !== LF) from++;
  if (((bytes[from] as number) | 0x20) !== 0x63) return false;
  return MIME_FIELD.test(bytes.toString('latin1', from, Math.min(from + 30, bytes.length)));
}

const WHOLE_FIELD =
  /^content-(?:type[ \t]*:[ \t]*["'=a-z][\w?=-]*\/|transfer-encoding[ \t]*:[ \t]*(?:base64|quoted|[78]-?bit|binary|x-)|disposition[ \t]*:[ \t]*(?:attach|inline|form))/i;

/** True if a MIME field with a value stands there. Its name alone may be listed, as DKIM signatures do (RFC 6376 §3.5). */
function looksLikeWholeMimeField(bytes: Buffer, at: number, end: number): boolean {
  return WHOLE_FIELD.test(bytes.toString('latin1', at, Math.min(end, at + 120)));
}

function isIdentityField(bytes: Buffer, at: number, end: number): boolean {
  return /^(?:from|sender|date|mime-version)$/i.test(bytes.toString('latin1', at, Math.min(end, at + 20)));
}

function isFieldLine(bytes: Buffer, at: number, end: number): boolean {
  return /^[!-9;-~]{1,80}:/.test(bytes.toString('latin1', at, Math.min(end, at + 82)));
}

/** `From ` of an mbox file, which some programs leave at the head of a message; `>From ` where they quoted it. */
function isMailboxLine(bytes: Buffer, at: number): boolean {
  const text = bytes.toString('latin1', at, at + 6);
  return text.startsWith('From ') || text === '>From ';
}

function beforeLineEnd(bytes: Buffer, lineStart: number): number {
  if (lineStart === 0 || bytes[lineStart - 1] !== LF) return lineStart;
  return lineStart > 1 && bytes[lineStart - 2] === CR ? lineStart - 2 : lineStart - 1;
}
