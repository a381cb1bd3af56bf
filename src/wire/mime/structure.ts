import type { Ambiguity, AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import { boundaryCandidates } from './boundary.ts';
import { type Hit, isDelimiterLine, matchBoundary, type Open } from './boundary-line.ts';
import { beforeLineEnd, looksLikeMimeField } from './field-line.ts';
import { HeaderBlock } from './header-block.ts';
import { type HeaderEnd, HeaderReader } from './header-reader.ts';
import { judgeHeader, type Note } from './judge-header.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import { isIdentity, MimePart } from './part.ts';
import type { StructureReading } from './structure-reading.ts';

const LF = 0x0a;
const SPACE = 0x20;
const DASH = 0x2d;

const LINE_WITH_DASHES = Buffer.from('\n--', 'latin1');
const CR_WITH_DASHES = Buffer.from('\r--', 'latin1');
const AMBIGUITIES_MAX = 500;
const DETAIL_MAX = 120;
/** So many multiparts that have ended are remembered, to know their boundary lines again. */
const CLOSED_MAX = 20;

/**
 * Finds the parts of a message in one pass over its lines, without recursion and without a copy, while the bytes arrive. It follows one
 * reading and notes on the way where another reading would differ.
 */
export class StructureScanner {
  readonly parts: MimePart[] = [];
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
  /** Found on the way. */
  readonly #found: Ambiguity[] = [];
  /** How many had been found when the header of a part ended. */
  readonly #foundBefore: number[] = [];
  /** Parts whose header may hold a zero byte or a CR that ends no line. */
  readonly #withControls = new Set<number>();

  readonly #header: HeaderReader;
  readonly #isBoundary = (at: number, end: number) => this.#match(this.source.bytes, at, end) !== null;
  readonly #noteHere: Note = (rule, severity, at, to) => this.#note(rule, severity, at, to);

  constructor(bytes: Buffer, limits: MimeLimits, reading: StructureReading, depth = 0) {
    this.source = { bytes };
    this.#limits = limits;
    this.#reading = reading;
    this.#firstDepth = depth;
    this.#header = new HeaderReader(limits, reading, this.reached, this.#noteHere);
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
    const cr = bytes.indexOf(CR_WITH_DASHES);
    if (cr !== -1) this.#note('mime/bare-cr', 'medium', cr, cr + 40);
    if (this.#inHeader && !this.#full) this.#endHeader(this.#header.end(bytes.length));
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
    this.#header.begin(this.#at, parent === null || parent.type === 'message');
  }

  /** Takes one line of a header. False if the line is not all there. */
  #takeHeaderLine(bytes: Buffer, final: boolean): boolean {
    const taken = this.#header.takeLine(bytes, final, this.#isBoundary);
    if (taken === 'wait') return false;
    if (taken !== 'more') this.#endHeader(taken);
    return true;
  }

  #endHeader({ end, next }: HeaderEnd): void {
    const { bytes } = this.source;
    const parent = this.#parent;
    const numbered = parent !== null && parent.type !== 'message';
    const part = new MimePart(
      this.source,
      {
        index: this.parts.length,
        parent: parent?.index ?? -1,
        depth: parent === null ? this.#firstDepth : parent.depth + 1,
        header: new HeaderBlock(this.source, this.#header.fields, this.#header.start, end),
        bodyStart: next,
        prefix: parent?.path ?? '',
        number: numbered ? parent.children.length + 1 : 0,
      },
      parent !== null && parent.type === 'multipart' && parent.subtype === 'digest',
      this.#reading,
      this.#limits,
    );
    this.#header.judge(!isIdentity(part.encoding), this.#noteHere);
    this.#foundBefore.push(this.#found.length);
    if (this.#header.hasControls) this.#withControls.add(part.index);
    parent?.children.push(part.index);
    this.parts.push(part);
    this.#at = next;
    this.#inHeader = false;
    this.#leaf = part;
    this.#openContainer(part, bytes);
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
    const candidates = boundaryCandidates(part.contentType, () =>
      part.contentType === null ? '' : (part.header.raw('content-type') ?? ''),
    );
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
    if (!final && (found === -1 || bytes.length - found <= BEHIND)) {
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
    if (closed !== undefined) {
      // Without a field of its own it is plain text to those who read it at all.
      const severity = looksLikeMimeField(bytes, lineEnd + 1, lineEnd + BEHIND) ? 'medium' : 'low';
      this.#note('mime/part-after-end', severity, line, end);
      if (this.#reading.reopen) {
        this.#endLeaf(beforeLineEnd(bytes, line));
        this.#closed = this.#closed.filter((container) => container !== closed);
        this.#open.push(closed);
        if (this.#room()) this.#beginHeader(closed.part);
      }
      return;
    }
    // Text that quotes a message is common; boundaries between the parts of a multipart are not.
    if (!looksLikeMimeField(bytes, lineEnd + 1, lineEnd + BEHIND)) return;
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

  #match(bytes: Buffer, line: number, lineEnd: number): Hit | null {
    return matchBoundary(bytes, line, lineEnd, this.#open, this.#closed, this.#reading, this.#noteHere);
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
    this.#add(this.#found, part, rule, severity, at, to);
  }

  #add(
    list: Ambiguity[],
    part: number,
    rule: AmbiguityRule,
    severity: AmbiguitySeverity,
    at: number,
    to: number,
  ): void {
    if (!hasRoomFor(list, part, rule, severity)) return;
    const quoted = this.source.bytes.toString('latin1', at, Math.min(to, at + DETAIL_MAX));
    // What lies behind the line may not have come yet: a detail must not depend on how the bytes arrive.
    const detail = /^\n?[^\n]*/.exec(quoted)?.[0] ?? '';
    list.push({ rule, severity, at, part, detail });
  }

  /** What was found on the way and what headers leave open, as it comes in the message. Headers are judged here: most readers never ask. */
  ambiguities(): Ambiguity[] {
    const all: Ambiguity[] = [];
    let taken = 0;
    const takeTo = (end: number): void => {
      for (; taken < end; taken++) {
        const found = this.#found[taken] as Ambiguity;
        if (hasRoomFor(all, found.part, found.rule, found.severity)) all.push(found);
      }
    };
    for (const [part, before] of this.#foundBefore.entries()) {
      takeTo(before);
      judgeHeader(this.parts[part] as MimePart, this.#withControls.has(part), this.#limits, (rule, severity, at, to) =>
        this.#add(all, part, rule, severity, at, to),
      );
    }
    takeTo(this.#found.length);
    return all;
  }
}

/** False if the list is full, or the last of its kind on that part says the same. */
function hasRoomFor(
  list: readonly Ambiguity[],
  part: number,
  rule: AmbiguityRule,
  severity: AmbiguitySeverity,
): boolean {
  if (list.length >= AMBIGUITIES_MAX) return false;
  const last = list.findLast((ambiguity) => ambiguity.rule === rule && ambiguity.part === part);
  return last?.severity !== severity;
}

/** Bytes behind a line of dashes that tell whether a field follows: they must be there before the line is judged. */
const BEHIND = 40;

/** Subtypes of `message` that hold a message (RFC 2046 §5.2.1, RFC 6532 §3.7). */
const ENCLOSED: ReadonlySet<string> = new Set(['rfc822', 'global', 'news']);

/** True if the part is text by name and in no way odd, so that nobody would look for parts in it. */
function isPlain(part: MimePart): boolean {
  return part.contentType === null ? !part.header.field('content-type') : part.contentType.flaws.length === 0;
}
