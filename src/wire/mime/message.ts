import { decodeCharset, guessText, isAsciiBetween, keepsAscii } from './charset.ts';
import { decodeLeaf, mostOfBody } from './decode.ts';
import type { MimeLimits } from './limits.ts';
import { MIME_LIMITS } from './limits.ts';
import { isIdentity, type Message, type Part } from './part.ts';
import { scanMessage } from './scan.ts';
import { USUAL_READING } from './structure-reading.ts';

export type { Ambiguity } from './ambiguity.ts';
export type { MimeLimit, MimeLimits } from './limits.ts';
export type { Message, Part, TransferEncoding } from './part.ts';

/** Reads a message. Any bytes make a message; nothing throws, and what cannot be settled is in `ambiguities`. */
export function readMessage(bytes: Uint8Array, limits?: Partial<MimeLimits>): Message {
  const all = limits === undefined ? MIME_LIMITS : { ...MIME_LIMITS, ...limits };
  return scanMessage(asBuffer(bytes), all, USUAL_READING);
}

/**
 * The body of a part without its transfer encoding, at most `limits.decodedBytes` of it. A container's is its bytes as they stand. Costs a
 * copy where there is an encoding, else none.
 */
export function decodeBody(message: Message, part: Part): Buffer {
  if (part.children.length > 0) return part.source.subarray(part.bodyStart, part.bodyEnd);
  return decodeLeaf(part, message.limits).bytes;
}

/** The body of a part as text, by its charset or, where that is missing or unknown, by its bytes. */
export function textOf(message: Message, part: Part): string {
  const { charset } = part;
  if (part.children.length === 0 && !isIdentity(part.encoding)) {
    const decoded = decodeLeaf(part, message.limits).bytes;
    return textBetween(decoded, 0, decoded.length, charset);
  }
  const most = part.children.length === 0 ? mostOfBody(message.limits) : Number.POSITIVE_INFINITY;
  return textBetween(part.source, part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + most), charset);
}

function textBetween(bytes: Buffer, start: number, end: number, charset: string | null): string {
  // Most mail is ASCII, whatever it calls itself; then each byte is its character.
  if (keepsAscii(charset) && isAsciiBetween(bytes, start, end)) return bytes.toString('latin1', start, end);
  const own = bytes.subarray(start, end);
  return (charset === null ? null : decodeCharset(own, charset)) ?? guessText(own);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
