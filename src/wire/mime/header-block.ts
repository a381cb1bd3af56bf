import { guessText } from './charset.ts';
import { readEncodedWords } from './encoded-word.ts';

const LF = 0x0a;

/** The bytes that offsets refer to. While a message arrives they grow; offsets stay. */
export interface Source {
  readonly bytes: Buffer;
}

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
  /** Offset of the header's first byte. */
  readonly start: number;
  /** Offset behind the header's last line, the empty line not counted. */
  readonly end: number;
  readonly #source: Source;

  constructor(source: Source, fields: readonly HeaderField[], start: number, end: number) {
    this.#source = source;
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
    const values: string[] = [];
    for (const field of this.fields) if (field.name === name) values.push(this.valueOf(field));
    const wanted = name.toLowerCase();
    return wanted === name ? values : this.rawAll(wanted);
  }

  field(name: string): HeaderField | null {
    for (const field of this.fields) if (field.name === name) return field;
    const wanted = name.toLowerCase();
    return wanted === name ? null : this.field(wanted);
  }

  fieldsOf(name: string): HeaderField[] {
    const wanted = name.toLowerCase();
    return this.fields.filter((field) => field.name === wanted);
  }

  /**
   * A field's value, unfolded (RFC 5322 §2.2.3) and trimmed. Bytes above 127 are read as UTF-8 where they are that (RFC 6532 §3.2), else as
   * Windows-1252.
   */
  valueOf(field: HeaderField): string {
    const { bytes } = this.#source;
    let start = field.valueStart;
    while (start < field.end && isBlank(bytes[start] as number)) start++;
    let folded = false;
    for (let at = start; at < field.end; at++) {
      const byte = bytes[at] as number;
      if (byte > 127) return unfold(guessText(bytes.subarray(start, field.end))).trim();
      if (byte === LF) folded = true;
    }
    const text = bytes.toString('latin1', start, field.end);
    return (folded ? unfold(text) : text).trim();
  }

  /** A field as it stands, name and folds included, one character a byte. */
  exact(field: HeaderField): string {
    return this.#source.bytes.toString('latin1', field.start, field.end);
  }

  /** The whole block as it stands, one character a byte. */
  text(): string {
    return this.#source.bytes.toString('latin1', this.start, this.end);
  }
}

function unfold(text: string): string {
  return text.includes('\n') ? text.replaceAll('\r\n', '').replaceAll('\n', '') : text;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09;
}
