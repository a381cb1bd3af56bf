const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const COLON = 0x3a;
const DOT = 0x2e;

/** A field of a message's header, by offset into the bytes of the header as they came. */
export interface EdgeField {
  /** Lower case, without blanks before the colon; empty for a line that is no field. */
  readonly name: string;
  readonly start: number;
  readonly valueStart: number;
  /** Behind the CRLF that ends it. */
  readonly end: number;
  /** Blanks stand between name and colon, which only some readers allow (RFC 5322 §4.5). */
  readonly spaced: boolean;
}

/** Fields that are looked at one by one; what stands behind them is counted in bytes only. */
const FIELDS_MAX = 10_000;

/** The header of a message, read in one way: a field begins at the begin of a line, and a line that begins with a blank goes on with it. */
export class EdgeHeader {
  /** Dot-stuffed, as they came; the empty line that ends the header is not among them. */
  readonly bytes: Buffer;
  readonly fields: readonly EdgeField[];
  readonly longestField: number;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
    const fields: EdgeField[] = [];
    let longest = 0;
    let from = 0;
    while (from < bytes.length && fields.length < FIELDS_MAX) {
      const end = fieldEnd(bytes, from);
      fields.push(readField(bytes, from, end));
      if (end - from > longest) longest = end - from;
      from = end;
    }
    this.fields = fields;
    this.longestField = longest;
  }

  get size(): number {
    return this.bytes.length;
  }

  count(name: string): number {
    let found = 0;
    for (const field of this.fields) if (field.name === name) found++;
    return found;
  }

  /** The value as it came, folds included, trimmed; one character a byte. */
  value(field: EdgeField): string {
    return this.bytes.toString('latin1', field.valueStart, field.end).trim();
  }
}

/** Behind the CRLF of the last line of the field that begins at `from`. */
function fieldEnd(bytes: Buffer, from: number): number {
  let at = from;
  for (;;) {
    const found = bytes.indexOf(LF, at);
    if (found < 0) return bytes.length;
    at = found + 1;
    if (bytes[at] !== SPACE && bytes[at] !== TAB) return at;
  }
}

function readField(bytes: Buffer, start: number, end: number): EdgeField {
  // Dot-stuffing (RFC 5321 §4.5.2) is undone for the name alone.
  const from = bytes[start] === DOT ? start + 1 : start;
  let colon = from;
  while (colon < end && bytes[colon] !== COLON && bytes[colon] !== LF) colon++;
  if (bytes[colon] !== COLON) return { name: '', start, valueStart: from, end, spaced: false };
  let nameEnd = colon;
  while (nameEnd > from && (bytes[nameEnd - 1] === SPACE || bytes[nameEnd - 1] === TAB)) nameEnd--;
  // RFC 5322 §3.6.8: printable ASCII without a colon. Anything else is text that happens to hold one.
  for (let at = from; at < nameEnd; at++) {
    const byte = bytes[at] as number;
    if (byte <= SPACE || byte > 0x7e) return { name: '', start, valueStart: from, end, spaced: false };
  }
  const name = bytes.toString('latin1', from, nameEnd).toLowerCase();
  return { name, start, valueStart: colon + 1, end, spaced: nameEnd < colon };
}

/** The bytes of a header out of the pieces of a message. `headerEnd` is the offset behind the empty line, or -1 if there is none. */
export function headerBytes(pieces: readonly Buffer[], headerEnd: number): Buffer {
  const length = headerEnd < 0 ? Number.POSITIVE_INFINITY : headerEnd - 2;
  const [first] = pieces;
  if (first !== undefined && first.length >= length) return first.subarray(0, length);
  const front: Buffer[] = [];
  let size = 0;
  for (const piece of pieces) {
    if (size >= length) break;
    front.push(piece);
    size += piece.length;
  }
  const whole = Buffer.concat(front);
  return length < whole.length ? whole.subarray(0, length) : whole;
}
