import type { AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import {
  isFieldLine,
  isIdentityField,
  isMailboxLine,
  looksLikeMimeField,
  looksLikeWholeMimeField,
} from './field-line.ts';
import { fieldNameAt } from './field-name.ts';
import type { HeaderField } from './header-block.ts';
import type { Note } from './judge-header.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import type { StructureReading } from './structure-reading.ts';

const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;
const COLON = 0x3a;

/** A header line may have 998 bytes (RFC 5322 §2.1.1). */
const LINE_MAX = 998;

/** Most lines end within so many bytes. */
const NEAR = 256;

/** A header that has ended: `end` is behind its last line, `next` where the body begins. */
export interface HeaderEnd {
  readonly end: number;
  readonly next: number;
}

/** Reads header blocks line by line, one after the other, and notes what other readers could take otherwise. */
export class HeaderReader {
  readonly #limits: MimeLimits;
  readonly #reading: StructureReading;
  readonly #reached: Set<MimeLimit>;
  readonly #note: Note;
  /** Fields of the block that is being read or was read last. */
  fields: HeaderField[] = [];
  start = 0;
  /** Offset of the line that is read next. */
  at = 0;
  /** True if the block may hold a zero byte or a CR that ends no line. */
  hasControls = false;
  #ofMessage = true;
  #fieldCount = 0;
  #name = '';
  #fieldStart = 0;
  #valueStart = 0;
  #fieldEnd = 0;
  /** Where the block first held what is no field, or a line of blanks; -1 if nowhere. */
  #otherLineAt = -1;
  #blankLineAt = -1;
  /** Where the line that is read has, or may have, its first CR or zero byte. */
  #controlAt = 0;
  /** As far as this there is no line end, if the line has not come whole. */
  #searched = 0;
  #emptyLine = false;
  #crlfLines = false;
  #lfLines = false;

  constructor(limits: MimeLimits, reading: StructureReading, reached: Set<MimeLimit>, note: Note) {
    this.#limits = limits;
    this.#reading = reading;
    this.#reached = reached;
    this.#note = note;
  }

  /** Begins a block at an offset. `ofMessage`: it is the header of a message, not of a part of a multipart. */
  begin(at: number, ofMessage: boolean): void {
    this.at = at;
    this.start = at;
    this.fields = [];
    this.hasControls = false;
    this.#ofMessage = ofMessage;
    this.#fieldCount = 0;
    this.#name = '';
    this.#otherLineAt = -1;
    this.#blankLineAt = -1;
    this.#emptyLine = false;
    this.#crlfLines = false;
    this.#lfLines = false;
  }

  /** Ends a block that is broken off. */
  end(at: number): HeaderEnd {
    return this.#ended(at, at);
  }

  /**
   * Takes one line. Returns where the block ended, `more` if it goes on, or `wait` if the line is not all there. `isBoundary` tells whether
   * a line that begins with two dashes belongs to a container.
   */
  takeLine(
    bytes: Buffer,
    final: boolean,
    isBoundary: (at: number, end: number) => boolean,
  ): HeaderEnd | 'more' | 'wait' {
    const { at } = this;
    if (at >= bytes.length) return 'wait';
    const lineEnd = this.#findLineEnd(bytes);
    const ends = lineEnd < bytes.length;
    if (!ends && !final) return 'wait';
    const next = ends ? lineEnd + 1 : lineEnd;
    let end = lineEnd;
    // CR CR LF ends a line too: some servers write it.
    while (end > at && bytes[end - 1] === CR) end--;
    if (this.#controlAt < end || lineEnd - end > 2) this.hasControls = true;
    if (end < lineEnd) this.#crlfLines = true;
    else if (ends) this.#lfLines = true;
    if (end === at) {
      this.#emptyLine = true;
      return this.#ended(at, next);
    }
    const first = bytes[at] as number;
    if (first === SPACE || first === TAB) {
      if (this.#takeFold(bytes, at, end)) return this.#ended(at, next);
    } else {
      if (first === DASH && bytes[at + 1] === DASH && isBoundary(at, end)) {
        this.#note('mime/boundary-in-header', this.#fieldCount > 0 ? 'medium' : 'low', at, end);
        return this.#ended(at, at);
      }
      const colon = this.#colonOf(bytes, at, end);
      if (colon >= 0) this.#beginField(bytes, at, colon, end);
      else {
        const step = this.#takeOtherLine(bytes, at, end, next, final);
        if (step === 'wait') return 'wait';
        if (step === 'body') return this.#ended(at, at);
      }
    }
    this.at = next;
    if (end - at > LINE_MAX) {
      this.#note('mime/long-line', 'info', at, at + 40);
      if (end - at > this.#limits.lineLength) this.#reached.add('lineLength');
    }
    if (next - this.start > this.#limits.headerBytes) {
      this.#reached.add('headerBytes');
      return this.#ended(next, next);
    }
    return 'more';
  }

  /** Offset of the next LF, or of the end of the bytes. Notes where the line first holds a CR or a zero byte, or could. */
  #findLineEnd(bytes: Buffer): number {
    const near = Math.min(bytes.length, this.at + NEAR);
    this.#controlAt = Number.POSITIVE_INFINITY;
    for (let index = this.at; index < near; index++) {
      const byte = bytes[index] as number;
      if (byte > CR) continue;
      if (byte === LF) return index;
      if ((byte === CR || byte === 0) && index < this.#controlAt) this.#controlAt = index;
    }
    if (near === bytes.length) return near;
    // A long line is left to the faster search.
    if (near < this.#controlAt) this.#controlAt = near;
    const found = bytes.indexOf(LF, Math.max(near, this.#searched));
    this.#searched = found === -1 ? bytes.length : 0;
    return found === -1 ? bytes.length : found;
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
    this.#name = fieldNameAt(bytes, at, nameEnd);
    this.#fieldStart = at;
    this.#valueStart = colon + 1;
    this.#fieldEnd = end;
  }

  #endField(): void {
    if (this.#name === '') return;
    const mime = this.#name.startsWith('content-');
    if (this.fields.length < this.#limits.headerFields || (mime && this.fields.length < 2 * this.#limits.headerFields))
      this.fields.push({
        name: this.#name,
        start: this.#fieldStart,
        valueStart: this.#valueStart,
        end: this.#fieldEnd,
      });
    else this.#reached.add('headerFields');
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
        looksLikeMimeField(bytes, next, followingEnd) || (this.#ofMessage && isFieldLine(bytes, next, followingEnd));
      if (!field) {
        this.#note('mime/header-end', 'low', at, end);
        return 'body';
      }
    }
    if (this.#otherLineAt < 0) this.#otherLineAt = at;
    return this.#reading.otherLineEnds ? 'body' : 'skip';
  }

  #ended(end: number, next: number): HeaderEnd {
    this.#endField();
    this.at = next;
    return { end, next };
  }

  /** What the lines of the block leave open, known once it has ended. `decoded`: the part has a transfer encoding. */
  judge(
    decoded: boolean,
    note: (rule: AmbiguityRule, severity: AmbiguitySeverity, at: number, to: number) => void,
  ): void {
    const lastMime = this.fields.findLast(({ name }) => name.startsWith('content-'))?.start ?? -1;
    if (this.#otherLineAt >= 0) {
      // A body without an empty line before it is passed over as if it were header.
      const hides = lastMime > this.#otherLineAt || (lastMime >= 0 && !this.#emptyLine) || decoded;
      note('mime/no-colon', hides ? 'medium' : 'low', this.#otherLineAt, this.#otherLineAt + 60);
    }
    if (this.#blankLineAt >= 0) {
      const hides = lastMime > this.#blankLineAt || !this.#emptyLine;
      note('mime/blank-line-in-header', hides ? 'medium' : 'low', this.#blankLineAt, this.#blankLineAt + 20);
    }
    if (this.#crlfLines && this.#lfLines) note('mime/mixed-line-ends', 'info', this.start, this.start + 20);
  }
}
