import { readEncodedWords } from './encoded-word.ts';

/** One field of a header block, by offset. */
export interface HeaderField {
  /** Lower case, without blanks before the colon. */
  readonly name: string;
  /** Offset of the name's first byte. */
  readonly start: number;
  /** Offset behind the colon. */
  readonly valueStart: number;
  /** Offset behind the last byte of the value, its line end not counted; folds inside are. */
  readonly end: number;
}

/** The header of a message or a part: a table of offsets into its bytes. Values are decoded when asked for. */
export class HeaderBlock {
  readonly fields: readonly HeaderField[];
  readonly start: number;
  /** Offset behind the header's last line, the empty line not counted. */
  readonly end: number;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer, fields: readonly HeaderField[], start: number, end: number) {
    this.#bytes = bytes;
    this.fields = fields;
    this.start = start;
    this.end = end;
  }

  /** The first field of that name as a person reads it: unfolded, encoded words decoded (RFC 2047). Null if there is none. */
  get(name: string): string | null {
    const field = this.field(name);
    return field === null ? null : readEncodedWords(this.valueOf(field));
  }

  /** All fields of that name as a person reads them, in order. */
  all(name: string): string[] {
    return this.fieldsOf(name).map((field) => readEncodedWords(this.valueOf(field)));
  }

  /** The first field of that name, unfolded and trimmed, encoded words left as they are: what structured fields are parsed from. */
  raw(name: string): string | null {
    const field = this.field(name);
    return field === null ? null : this.valueOf(field);
  }

  /** As `raw`, all fields of that name in order. */
  rawAll(name: string): string[] {
    return this.fieldsOf(name).map((field) => this.valueOf(field));
  }

  field(name: string): HeaderField | null {
    const wanted = name.toLowerCase();
    for (const field of this.fields) if (field.name === wanted) return field;
    return null;
  }

  fieldsOf(name: string): HeaderField[] {
    const wanted = name.toLowerCase();
    return this.fields.filter((field) => field.name === wanted);
  }

  /** A field's value, unfolded and trimmed. Bytes above 127 are read as UTF-8 where they are that, else as Windows-1252 (RFC 6532 §3.2). */
  valueOf(field: HeaderField): string {
    const text = decodeHeaderBytes(this.#bytes, field.valueStart, field.end);
    return unfold(text);
  }

  /** The whole block as text, one character a byte. */
  text(): string {
    return this.#bytes.toString('latin1', this.start, this.end);
  }
}

function unfold(text: string): string {
  return text.includes('\n') || text.includes('\r') ? text.replace(/\r?\n|\r/g, '').trim() : text.trim();
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const windows1252 = new TextDecoder('windows-1252');

function decodeHeaderBytes(bytes: Buffer, start: number, end: number): string {
  const latin = bytes.toString('latin1', start, end);
  if (!/[\x80-\xff]/.test(latin)) return latin;
  const slice = bytes.subarray(start, end);
  try {
    return utf8.decode(slice);
  } catch {
    return windows1252.decode(slice);
  }
}
