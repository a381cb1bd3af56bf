import type { Ambiguity } from './ambiguity.ts';
import { decodeBase64 } from './base64.ts';
import { decodeCharset, guessText } from './charset.ts';
import type { HeaderBlock } from './header-block.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import { MIME_LIMITS } from './limits.ts';
import { decodeQuotedPrintable } from './quoted-printable.ts';
import { scan } from './scan.ts';

/** A message as a flat table of parts over its own bytes. */
export interface Message {
  readonly bytes: Buffer;
  /** In document order. Part 0 is the message; a container stands before what it contains. */
  readonly parts: readonly Part[];
  readonly ambiguities: readonly Ambiguity[];
  /** Empty where the whole message was read. */
  readonly limitsReached: readonly MimeLimit[];
}

export type TransferEncoding =
  | '7bit'
  | '8bit'
  | 'binary'
  | 'quoted-printable'
  | 'base64'
  | 'uuencode'
  | 'yenc'
  | 'binhex'
  | 'unknown';

/** One part of a message: a leaf, a multipart or an enclosed message. */
export interface Part {
  readonly index: number;
  /** Index of the container; -1 for the message itself. */
  readonly parent: number;
  readonly depth: number;
  /** As IMAP numbers parts (RFC 9051 §6.4.5): `1.2`; empty for the message itself. */
  readonly path: string;
  /** The bytes that the offsets of this part refer to: those of the message, or a decoded container's. */
  readonly source: Buffer;
  readonly header: HeaderBlock;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  /** Lower case: `text`, `multipart`, `message` … */
  readonly type: string;
  readonly subtype: string;
  /** Parameters of Content-Type, decoded, by lower-case name. */
  readonly parameters: ReadonlyMap<string, string>;
  /** Lower case: `inline`, `attachment` …; null if there is no Content-Disposition. */
  readonly disposition: string | null;
  readonly fileName: string | null;
  readonly encoding: TransferEncoding;
  /** As declared, lower case; null if none is. */
  readonly charset: string | null;
  /** Indexes of the parts directly inside. */
  readonly children: readonly number[];
}

/** Reads a message. Any bytes make a message; nothing throws, and what cannot be settled is in `ambiguities`. */
export function readMessage(bytes: Uint8Array, limits: Partial<MimeLimits> = {}): Message {
  const buffer = Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return scan(buffer, { ...MIME_LIMITS, ...limits });
}

/** The body of a part without its transfer encoding. A container's is its bytes as they stand. */
export function decodeBody(_message: Message, part: Part): Buffer {
  const body = part.source.subarray(part.bodyStart, part.bodyEnd);
  if (part.children.length > 0) return body;
  if (part.encoding === 'base64') return decodeBase64(body);
  if (part.encoding === 'quoted-printable') return decodeQuotedPrintable(body);
  return body;
}

/** The body of a part as text, by its charset or, where that is missing or unknown, by its bytes. */
export function textOf(message: Message, part: Part): string {
  const bytes = decodeBody(message, part);
  return (part.charset === null ? null : decodeCharset(bytes, part.charset)) ?? guessText(bytes);
}
