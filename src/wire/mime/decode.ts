import { gunzipSync } from 'node:zlib';
import type { AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import { BASE64_READINGS, readBase64 } from './base64.ts';
import { readBinhex } from './binhex.ts';
import type { MimeLimits } from './limits.ts';
import type { Part } from './part.ts';
import { readQuotedPrintable } from './quoted-printable.ts';
import { decodeUuencodeLines, readUuencode } from './uuencode.ts';
import { decodeYencLines, readYenc } from './yenc.ts';

/** A decoded body, and what in it can be read in several ways. */
export interface Decoded {
  readonly bytes: Buffer;
  readonly flaws: readonly BodyFlaw[];
}

export interface BodyFlaw {
  readonly rule: AmbiguityRule;
  readonly severity: AmbiguitySeverity;
  /** Offset in the part's source. */
  readonly at: number;
}

const NONE: readonly BodyFlaw[] = [];

/** Decodes the body of a leaf by its transfer encoding, as the usual clients do. Bounded by `limits.decodedBytes`. */
export function decodeLeaf(part: Part, limits: MimeLimits): Decoded {
  const { encoding } = part;
  const body = part.source.subarray(part.bodyStart, Math.min(part.bodyEnd, part.bodyStart + mostOfBody(limits)));
  switch (encoding) {
    case 'base64': {
      const { bytes, flaws } = readBase64(body);
      const found: BodyFlaw[] = [];
      // Text is shown, not opened: what can be hidden in it is words.
      const severity = part.type === 'text' && part.fileName === null ? 'low' : 'medium';
      if (flaws.junkAt >= 0) found.push({ rule: 'mime/base64-junk', severity, at: part.bodyStart + flaws.junkAt });
      if (flaws.innerPaddingAt >= 0)
        found.push({ rule: 'mime/base64-inner-padding', severity, at: part.bodyStart + flaws.innerPaddingAt });
      if (flaws.oddLineAt >= 0)
        found.push({ rule: 'mime/base64-lines', severity, at: part.bodyStart + flaws.oddLineAt });
      if (flaws.length !== 'whole') found.push({ rule: 'mime/base64-length', severity: 'low', at: part.bodyEnd });
      return { bytes, flaws: found.length === 0 ? NONE : found };
    }
    case 'quoted-printable': {
      const { bytes, flawAt } = readQuotedPrintable(body);
      const severity = part.type === 'text' && part.fileName === null ? 'low' : 'medium';
      return {
        bytes,
        flaws: flawAt < 0 ? NONE : [{ rule: 'mime/quoted-printable-syntax', severity, at: part.bodyStart + flawAt }],
      };
    }
    case 'uuencode': {
      const begin = lineThatStarts(body, 'begin');
      const file = begin < 0 ? null : readUuencode(body, begin);
      return { bytes: file?.bytes ?? decodeUuencodeLines(body, 0, body.length, true).data, flaws: NONE };
    }
    default:
      return { bytes: body, flaws: NONE };
  }
}

/** Bytes of an encoded body that are looked at. */
export function mostOfBody(limits: MimeLimits): number {
  return 2 * limits.decodedBytes;
}

/** One way to read a body, and what comes of it. */
export interface OtherDecoding {
  readonly reading: string;
  readonly bytes: Buffer;
}

/**
 * What other readers could make of a body: another encoding, or another treatment of what does not belong. The usual decoding is not among
 * them, nor is the same result twice. `doubtful` says that the header is in doubt, so that all encodings are tried.
 */
export function otherDecodings(part: Part, usual: Decoded, doubtful: boolean, limits: MimeLimits): OtherDecoding[] {
  const out: OtherDecoding[] = [];
  const add = (reading: string, bytes: Buffer): void => {
    if (bytes.length === 0 || bytes.equals(usual.bytes) || out.some((other) => other.bytes.equals(bytes))) return;
    out.push({ reading, bytes });
  };
  const body = part.source.subarray(part.bodyStart, part.bodyEnd);
  if ((part.encoding === 'base64' && usual.flaws.length > 0) || (doubtful && looksBase64(body))) {
    for (const reading of BASE64_READINGS) add(`base64-${reading}`, readBase64(body, reading).bytes);
    const paragraph = behindFirstBlankLine(body);
    if (paragraph > 0) add('base64-second-paragraph', readBase64(body.subarray(paragraph)).bytes);
  }
  if ((part.encoding === 'quoted-printable' && usual.flaws.length > 0) || (doubtful && body.includes(0x3d))) {
    add('quoted-printable', readQuotedPrintable(body).bytes);
    add('quoted-printable-drop', readQuotedPrintable(body, 'drop').bytes);
    add('quoted-printable-upper-case', readQuotedPrintable(body, 'upper-case').bytes);
  }
  if (doubtful) {
    add('as-it-stands', body);
    for (const encoding of RARE)
      if (part.encoding === 'unknown' || part.encoding === encoding) add(encoding, decodeRare(body, encoding, limits));
  }
  return out;
}

/** Encodings that few clients know. The usual ones show the body as it stands. */
const RARE = ['yenc', 'binhex', 'gzip64'] as const;

function decodeRare(body: Buffer, encoding: (typeof RARE)[number], limits: MimeLimits): Buffer {
  switch (encoding) {
    case 'yenc': {
      const begin = lineThatStarts(body, '=ybegin ');
      return begin < 0 ? decodeYencLines(body, 0, body.length).data : (readYenc(body, begin)?.bytes ?? body);
    }
    case 'binhex':
      return readBinhex(body, Math.max(lineThatStarts(body, '(This file'), 0), limits.decodedBytes)?.bytes ?? body;
    case 'gzip64':
      return gunzipBounded(readBase64(body).bytes, limits.decodedBytes) ?? body;
  }
}

/** True if a body is made of base64 and blanks for the most part, so that a reader in doubt could take it for that. */
export function looksBase64(body: Buffer): boolean {
  const sample = body.toString('latin1', 0, 4_096);
  const digits = sample.replace(/[^A-Za-z0-9+/=]/g, '').length;
  return (
    digits >= 16 &&
    digits * 10 >= sample.replace(/\s/g, '').length * 4 &&
    !/[a-z]{2,} [a-z]{2,} [a-z]{2,}/i.test(sample)
  );
}

function behindFirstBlankLine(body: Buffer): number {
  const found = /\n[ \t\r]*\n/.exec(body.toString('latin1', 0, 4_096));
  return found === null ? -1 : found.index + found[0].length;
}

/** The offset of the first line that starts with `text`, or -1. */
export function lineThatStarts(body: Buffer, text: string, from = 0): number {
  if (from === 0 && body.toString('latin1', 0, text.length) === text) return 0;
  const found = body.indexOf(`\n${text}`, Math.max(0, from - 1), 'latin1');
  return found === -1 ? -1 : found + 1;
}

function gunzipBounded(bytes: Buffer, most: number): Buffer | null {
  try {
    return gunzipSync(bytes, { maxOutputLength: most });
  } catch {
    return null;
  }
}
