import cfb from 'cfb';
import { decodeCharset } from '../../wire/mime/charset.ts';

/** Types of properties that stand in streams of their own (MS-OXCDATA §2.11.1). */
const PT_STRING8 = '001E';
const PT_UNICODE = '001F';
const PT_BINARY = '0102';

/** Bytes before the table of fixed properties, by the kind of storage (MS-OXMSG §2.4.1). */
const TABLE_HEADER = { message: 32, enclosed: 24, other: 8 } as const;
const TABLE_ROW = 16;
/** Code page of eight-bit strings (MS-OXPROPS §2.767) and of HTML (§2.753). */
const P_MESSAGE_CODEPAGE = 0x3ffd;
export const P_INTERNET_CODEPAGE = 0x3fde;

/** A storage of a .msg file with its properties, and the storages of recipients, attachments and enclosed messages below it. */
export class OutlookStore {
  readonly #streams: ReadonlyMap<string, Buffer>;
  readonly #path: string;
  readonly #kind: keyof typeof TABLE_HEADER;

  constructor(streams: ReadonlyMap<string, Buffer>, path: string, kind: keyof typeof TABLE_HEADER) {
    this.#streams = streams;
    this.#path = path;
    this.#kind = kind;
  }

  /** A text property, by its number; null if there is none or it is empty. */
  text(property: number): string | null {
    const unicode = this.#stream(property, PT_UNICODE);
    if (unicode !== undefined) return unicode.toString('utf16le').replaceAll('\0', '') || null;
    const bytes = this.#stream(property, PT_STRING8);
    if (bytes === undefined) return null;
    const text = decodeCharset(bytes, charsetOf(this.number(P_MESSAGE_CODEPAGE))) ?? bytes.toString('latin1');
    return text.replaceAll('\0', '') || null;
  }

  /** A binary property, by its number; null if there is none. */
  bytes(property: number): Buffer | null {
    return this.#stream(property, PT_BINARY) ?? null;
  }

  /** A 32-bit number, by the property's number; null if there is none. */
  number(property: number): number | null {
    const row = this.#row(property);
    return row === null ? null : row.readInt32LE(8);
  }

  /** A time, by the property's number; null if there is none. */
  time(property: number): Date | null {
    const row = this.#row(property);
    if (row === null) return null;
    // MS-DTYP §2.3.3: 100 ns since 1601.
    const at = Number(row.readBigInt64LE(8) / 10_000n) - 11_644_473_600_000;
    return at > 0 && at < 8.64e15 ? new Date(at) : null;
  }

  /** The storages of that name with a running number behind it: `__recip_version1.0_`, `__attach_version1.0_`. */
  numbered(name: string): OutlookStore[] {
    const found: OutlookStore[] = [];
    for (let index = 0; index < MAX_STORAGES; index++) {
      const path = `${this.#path}${name}#${index.toString(16).toUpperCase().padStart(8, '0')}/`;
      if (!this.#streams.has(`${path}${TABLE}`)) break;
      found.push(new OutlookStore(this.#streams, path, 'other'));
    }
    return found;
  }

  /** The message that an attachment is (MS-OXMSG §2.2.2.1); null if it is none. */
  enclosed(): OutlookStore | null {
    const path = `${this.#path}__substg1.0_3701000D/`;
    return this.#streams.has(`${path}${TABLE}`) ? new OutlookStore(this.#streams, path, 'enclosed') : null;
  }

  #stream(property: number, type: string): Buffer | undefined {
    return this.#streams.get(`${this.#path}__substg1.0_${hex(property)}${type}`);
  }

  #row(property: number): Buffer | null {
    const table = this.#streams.get(`${this.#path}${TABLE}`);
    if (table === undefined) return null;
    for (let at = TABLE_HEADER[this.#kind]; at + TABLE_ROW <= table.length; at += TABLE_ROW)
      if (table.readUInt16LE(at + 2) === property) return table.subarray(at, at + TABLE_ROW);
    return null;
  }
}

const TABLE = '__properties_version1.0';
/** Recipients or attachments of one message that are looked at. */
const MAX_STORAGES = 2_000;

/** Opens a .msg file. Throws an Error if it is no compound file or a broken one; null if it holds no message. */
export function openOutlookStore(bytes: Buffer): OutlookStore | null {
  const container = cfb.read(bytes, { type: 'buffer' });
  const streams = new Map<string, Buffer>();
  const root = container.FullPaths[0] ?? '';
  for (const [index, path] of container.FullPaths.entries()) {
    const content = container.FileIndex[index]?.content;
    if (content !== undefined && path.startsWith(root)) streams.set(path.slice(root.length), Buffer.from(content));
  }
  return streams.has(TABLE) ? new OutlookStore(streams, '', 'message') : null;
}

/** The name of a Windows code page. */
export function charsetOf(codepage: number | null): string {
  if (codepage === null || codepage === 65001 || codepage === 1200) return 'utf-8';
  return codepage === 20127 ? 'us-ascii' : codepage < 10_000 ? `windows-${codepage}` : `cp${codepage}`;
}

function hex(property: number): string {
  return property.toString(16).toUpperCase().padStart(4, '0');
}
