import type { Ambiguity } from './ambiguity.ts';
import type { HeaderBlock, Source } from './header-block.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import { type ParameterisedValue, readParameters } from './parameters.ts';
import type { StructureReading } from './structure-reading.ts';

export type TransferEncoding =
  | '7bit'
  | '8bit'
  | 'binary'
  | 'quoted-printable'
  | 'base64'
  | 'uuencode'
  | 'yenc'
  | 'binhex'
  | 'gzip64'
  | 'unknown';

/** A message as a flat table of parts over its own bytes. */
export interface Message {
  readonly bytes: Buffer;
  /** In document order. Part 0 is the message; a container stands before what it contains. */
  readonly parts: readonly Part[];
  /** What the structure and the headers leave open. What bodies leave open is found when they are decoded (`readThoroughly`). */
  readonly ambiguities: readonly Ambiguity[];
  /** Empty where the whole message was read. */
  readonly limitsReached: readonly MimeLimit[];
  readonly limits: MimeLimits;
}

/** One part of a message: a leaf, a multipart or an enclosed message. */
export interface Part {
  readonly index: number;
  /** Index of the container; -1 for the message itself. */
  readonly parent: number;
  readonly depth: number;
  /** As IMAP numbers parts (RFC 9051 §6.4.5): `1.2`; empty for a multipart message itself. */
  readonly path: string;
  /** The bytes that the offsets of this part refer to: those of the message, or a decoded container's. */
  readonly source: Buffer;
  readonly header: HeaderBlock;
  readonly bodyStart: number;
  /** Offset behind the body. The line end before a boundary line belongs to the boundary (RFC 2046 §5.1.1). */
  readonly bodyEnd: number;
  /** Lower case: `text`, `multipart`, `message` … */
  readonly type: string;
  readonly subtype: string;
  /** Parameters of Content-Type, decoded, by lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Content-Type as it was parsed; null if there is none. */
  readonly contentType: ParameterisedValue | null;
  /** Content-Disposition as it was parsed; null if there is none. */
  readonly contentDisposition: ParameterisedValue | null;
  /** Lower case: `inline`, `attachment` …; null if there is no Content-Disposition. */
  readonly disposition: string | null;
  /** The name that the usual clients show; null if there is none. */
  readonly fileName: string | null;
  readonly encoding: TransferEncoding;
  /** As declared, lower case; null if none is. */
  readonly charset: string | null;
  /** Indexes of the parts directly inside. */
  readonly children: readonly number[];
}

/** What a part is by its header, and where it stands. Everything that is not needed to find the structure is read when asked for. */
export class MimePart implements Part {
  readonly index: number;
  readonly parent: number;
  readonly depth: number;
  readonly path: string;
  readonly header: HeaderBlock;
  readonly bodyStart: number;
  readonly type: string;
  readonly subtype: string;
  readonly contentType: ParameterisedValue | null;
  readonly encoding: TransferEncoding;
  readonly children: number[] = [];
  bodyEnd: number;
  readonly #source: Source;
  readonly #reading: StructureReading;
  readonly #limits: MimeLimits;
  #disposition: ParameterisedValue | null | undefined;

  constructor(
    source: Source,
    place: Pick<Part, 'index' | 'parent' | 'depth' | 'header' | 'bodyStart'> & {
      readonly prefix: string;
      readonly number: number;
    },
    inDigest: boolean,
    reading: StructureReading,
    limits: MimeLimits,
  ) {
    this.#source = source;
    this.#reading = reading;
    this.#limits = limits;
    this.index = place.index;
    this.parent = place.parent;
    this.depth = place.depth;
    this.header = place.header;
    this.bodyStart = place.bodyStart;
    this.bodyEnd = place.bodyStart;
    const text = chosen(place.header, 'content-type', reading);
    this.contentType = text === null ? null : readParameters(text, limits.parameters);
    const fallback = inDigest ? 'message/rfc822' : 'text/plain';
    const [type, subtype] = splitType(this.contentType, fallback, reading);
    this.type = type;
    this.subtype = subtype;
    this.encoding = encodingNamed(chosen(place.header, 'content-transfer-encoding', reading));
    this.path =
      place.number > 0 ? join(place.prefix, place.number) : type === 'multipart' ? place.prefix : join(place.prefix, 1);
  }

  get source(): Buffer {
    return this.#source.bytes;
  }

  get parameters(): ReadonlyMap<string, string> {
    return this.contentType?.parameters ?? NONE;
  }

  get contentDisposition(): ParameterisedValue | null {
    if (this.#disposition === undefined) {
      const text = chosen(this.header, 'content-disposition', this.#reading);
      this.#disposition = text === null ? null : readParameters(text, this.#limits.parameters);
    }
    return this.#disposition;
  }

  get disposition(): string | null {
    return this.contentDisposition?.value ?? null;
  }

  get fileName(): string | null {
    return this.contentDisposition?.parameters.get('filename') || this.parameters.get('name') || null;
  }

  get charset(): string | null {
    return this.parameters.get('charset')?.trim().toLowerCase() || null;
  }
}

const NONE: ReadonlyMap<string, string> = new Map();

/** The value of a field that may stand once, where it stands several times: the first or the last that is not empty. */
function chosen(header: HeaderBlock, name: string, reading: StructureReading): string | null {
  const first = header.field(name);
  if (first === null) return null;
  const value = header.valueOf(first);
  if (value !== '' && reading.duplicates === 'first') return value;
  const values = header.rawAll(name).filter((text) => text !== '');
  return (reading.duplicates === 'first' ? values[0] : values.at(-1)) ?? null;
}

function splitType(field: ParameterisedValue | null, fallback: string, reading: StructureReading): [string, string] {
  if (field !== null) {
    const cut = field.value.indexOf('/');
    if (cut > 0 && cut < field.value.length - 1) return [field.value.slice(0, cut), field.value.slice(cut + 1)];
    // A type without its subtype, as `text` or `multipart` (RFC 2045 §5.2 asks for text/plain; clients go by the first word).
    if (field.value === 'text' || field.value === 'text/') return ['text', 'plain'];
    if (field.value === 'multipart' || field.value === 'multipart/') return ['multipart', 'mixed'];
    if (reading.lax && field.list.some(({ name }) => name.startsWith('boundary'))) return ['multipart', 'mixed'];
    return ['text', 'plain'];
  }
  const cut = fallback.indexOf('/');
  return [fallback.slice(0, cut), fallback.slice(cut + 1)];
}

function join(prefix: string, number: number): string {
  return prefix === '' ? String(number) : `${prefix}.${number}`;
}

const ENCODINGS: ReadonlyMap<string, TransferEncoding> = new Map([
  ['7bit', '7bit'],
  ['7-bit', '7bit'],
  ['8bit', '8bit'],
  ['8-bit', '8bit'],
  ['8bits', '8bit'],
  ['7bits', '7bit'],
  ['binary', 'binary'],
  ['none', '7bit'],
  ['base64', 'base64'],
  ['quoted-printable', 'quoted-printable'],
  ['x-uuencode', 'uuencode'],
  ['x-uu', 'uuencode'],
  ['x-uue', 'uuencode'],
  ['uuencode', 'uuencode'],
  ['uue', 'uuencode'],
  ['yenc', 'yenc'],
  ['x-yenc', 'yenc'],
  ['x-yencode', 'yenc'],
  ['yencode', 'yenc'],
  ['binhex', 'binhex'],
  ['x-binhex', 'binhex'],
  ['binhex40', 'binhex'],
  ['x-binhex40', 'binhex'],
  ['mac-binhex', 'binhex'],
  ['mac-binhex40', 'binhex'],
  ['gzip64', 'gzip64'],
  ['x-gzip64', 'gzip64'],
]);

/** The encoding that a Content-Transfer-Encoding field names (RFC 2045 §6.1); `7bit` if there is none. */
export function encodingNamed(value: string | null): TransferEncoding {
  if (value === null) return '7bit';
  const exact = ENCODINGS.get(value.toLowerCase());
  if (exact !== undefined) return exact;
  const word = /^["']?([\w-]+)/.exec(value.replace(/^\([^()]*\)\s*/, ''))?.[1] ?? '';
  return ENCODINGS.get(word.toLowerCase()) ?? 'unknown';
}

/** True if the encoding changes nothing: what is in the body stands there as it is. */
export function isIdentity(encoding: TransferEncoding): boolean {
  return encoding === '7bit' || encoding === '8bit' || encoding === 'binary' || encoding === 'unknown';
}
