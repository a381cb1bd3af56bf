import { decodeCharset, guessText } from './charset.ts';
import { decodeLeaf } from './decode.ts';
import type { MimeLimits } from './limits.ts';
import { MIME_LIMITS } from './limits.ts';
import type { Message, Part } from './part.ts';
import { scanMessage } from './scan.ts';
import { USUAL_READING } from './structure-reading.ts';

export type { Ambiguity } from './ambiguity.ts';
export type { MimeLimit, MimeLimits } from './limits.ts';
export type { Message, Part, TransferEncoding } from './part.ts';

/** Reads a message. Any bytes make a message; nothing throws, and what cannot be settled is in `ambiguities`. */
export function readMessage(bytes: Uint8Array, limits: Partial<MimeLimits> = {}): Message {
  return scanMessage(asBuffer(bytes), { ...MIME_LIMITS, ...limits }, USUAL_READING);
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
  const bytes = decodeBody(message, part);
  return (part.charset === null ? null : decodeCharset(bytes, part.charset)) ?? guessText(bytes);
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
