import { allAttachments, readTnef } from '../tnef/tnef.ts';
import type { Ambiguity, AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import { type Decoded, decodeLeaf, looksBase64, otherDecodings } from './decode.ts';
import { embeddedFiles } from './embedded.ts';
import { fileNamesOf } from './file-names.ts';
import type { Message } from './message.ts';
import { isDoubtful, otherReadings } from './other-readings.ts';
import { isIdentity, type Part } from './part.ts';
import { wrapperOf } from './wrapper.ts';

/** Content that some reader of the message could see or open. */
export interface Leaf {
  /** The part it comes from; where `reading` is not `usual`, a part of another table than the message's. */
  readonly part: Part;
  /** As of the part, with what was opened inside it behind a slash: `2/setup.exe`. */
  readonly path: string;
  /** `usual`, or which other reading brings it out. */
  readonly reading: string;
  /** Lower case, `type/subtype`; guessed for what has no header. */
  readonly mediaType: string;
  /** All names that some client could show, the usual one first. */
  readonly names: readonly string[];
  readonly bytes: Buffer;
}

/** Bytes that may be decoded for other readings than the usual one. Beyond that the doubt alone must do. */
const OTHER_BYTES_MAX = 64 * 1024 * 1024;

/**
 * Walks the union of readings: every leaf as the usual clients decode it, files inside text and TNEF, then whatever other readers would
 * see besides. What is found in doubt on the way goes to `note`, together with the message's own ambiguities. A message that can be read in
 * one way only costs one decoding.
 */
export function* leavesOf(message: Message, note: (ambiguity: Ambiguity) => void): Generator<Leaf> {
  for (const ambiguity of message.ambiguities) note(ambiguity);
  const seen = new Seen();
  let budget = OTHER_BYTES_MAX;
  const doubts: [Part, Decoded][] = [];
  for (const part of message.parts) {
    if (part.children.length > 0) continue;
    const decoded = decodeLeaf(part, message.limits);
    for (const flaw of decoded.flaws) note(at(message, part, flaw.rule, flaw.severity, flaw.at));
    seen.add(decoded.bytes);
    const leaf = leafOf(part, 'usual', decoded.bytes);
    yield leaf;
    yield* inside(leaf, message, note);
    const hidden = encodedUnawares(part, decoded);
    if (hidden) note(at(message, part, 'mime/encoding-mismatch', 'medium', part.bodyStart));
    if (hidden || decoded.flaws.length > 0 || isDoubtful(part.index, message.ambiguities)) doubts.push([part, decoded]);
  }
  yield* afterEnd(message, note);
  for (const [part, decoded] of doubts) {
    if (budget <= 0) return;
    for (const other of otherDecodings(part, decoded, true, message.limits)) {
      budget -= other.bytes.length;
      if (seen.add(other.bytes)) yield leafOf(part, other.reading, other.bytes);
    }
  }
  for (const { reading, message: other } of otherReadings(message)) {
    for (const part of other.parts) {
      if (part.children.length > 0) continue;
      if (budget <= 0) return;
      const decoded = decodeLeaf(part, message.limits);
      budget -= decoded.bytes.length;
      if (!seen.add(decoded.bytes)) continue;
      const leaf = leafOf(part, reading, decoded.bytes);
      yield leaf;
      yield* inside(leaf, message, () => {});
      for (const further of otherDecodings(part, decoded, true, message.limits)) {
        budget -= further.bytes.length;
        if (seen.add(further.bytes)) yield leafOf(part, `${reading}, ${further.reading}`, further.bytes);
      }
    }
  }
}

/** All leaves and all ambiguities of a message. Holds every decoded body at once: for a walk in flat memory use `leavesOf`. */
export function readThoroughly(message: Message): {
  readonly leaves: readonly Leaf[];
  readonly ambiguities: readonly Ambiguity[];
} {
  const ambiguities: Ambiguity[] = [];
  const leaves = [...leavesOf(message, (ambiguity) => ambiguities.push(ambiguity))];
  return { leaves, ambiguities };
}

function leafOf(part: Part, reading: string, bytes: Buffer): Leaf {
  return { part, path: part.path, reading, mediaType: `${part.type}/${part.subtype}`, names: fileNamesOf(part), bytes };
}

/** Files that stand inside a leaf. */
function* inside(leaf: Leaf, message: Message, note: (ambiguity: Ambiguity) => void): Generator<Leaf> {
  const { part } = leaf;
  if (isTnef(leaf)) {
    const tnef = readTnef(leaf.bytes);
    if (tnef === null) return;
    for (const attachment of allAttachments(tnef)) {
      const name = attachment.name ?? 'attachment';
      yield {
        ...leaf,
        path: `${leaf.path}/${name}`,
        mediaType: attachment.mediaType ?? 'application/octet-stream',
        names: attachment.names,
        bytes: attachment.bytes,
      };
      if (attachment.rendition !== null)
        yield {
          ...leaf,
          path: `${leaf.path}/${name}.picture`,
          mediaType: 'image/x-wmf',
          names: [],
          bytes: attachment.rendition,
        };
    }
    if (tnef.html !== null)
      yield { ...leaf, path: `${leaf.path}/body.html`, mediaType: 'text/html', names: [], bytes: tnef.html };
    if (tnef.rtf !== null)
      yield { ...leaf, path: `${leaf.path}/body.rtf`, mediaType: 'application/rtf', names: [], bytes: tnef.rtf };
    if (tnef.text !== null)
      yield { ...leaf, path: `${leaf.path}/body.txt`, mediaType: 'text/plain', names: [], bytes: tnef.text };
    return;
  }
  const wrapper = wrapperOf(part);
  if (wrapper !== null) note(at(message, part, 'mime/opaque', 'info', part.header.start));
  if (part.type !== 'text' && !(part.encoding === 'unknown' || part.type === 'message')) return;
  for (const file of embeddedFiles(leaf.bytes, message.limits.decodedBytes)) {
    note(at(message, part, 'mime/embedded-file', 'low', part.bodyStart));
    const names = file.name === null ? [] : [file.name];
    yield {
      ...leaf,
      path: `${leaf.path}/${file.name ?? file.encoding}`,
      mediaType: 'application/octet-stream',
      names,
      bytes: file.bytes,
    };
  }
}

/** Text behind the end of the outermost multipart (RFC 2046 §5.1.1 calls it the epilogue), and the files in it. */
function* afterEnd(message: Message, note: (ambiguity: Ambiguity) => void): Generator<Leaf> {
  const root = message.parts[0];
  if (root === undefined || root.type !== 'multipart' || root.children.length === 0) return;
  const rest = message.bytes.subarray(root.bodyEnd);
  const first = rest.findIndex((byte) => byte > 0x20);
  if (first === -1) return;
  const start = root.bodyEnd + first;
  const detail = message.bytes.toString('latin1', start, start + 80);
  note({ rule: 'mime/text-after-end', severity: 'info', at: start, part: root.index, detail });
  for (const file of embeddedFiles(rest, message.limits.decodedBytes)) {
    note({ rule: 'mime/embedded-file', severity: 'medium', at: root.bodyEnd + file.start, part: root.index, detail });
    const { name, encoding, bytes } = file;
    const names = name === null ? [] : [name];
    const mediaType = 'application/octet-stream';
    yield { part: root, path: `after-end/${name ?? encoding}`, reading: 'text-after-end', mediaType, names, bytes };
  }
}

function isTnef(leaf: Leaf): boolean {
  return (
    leaf.mediaType === 'application/ms-tnef' ||
    leaf.mediaType === 'application/vnd.ms-tnef' ||
    (leaf.bytes.length > 6 && leaf.bytes.readUInt32LE(0) === TNEF_SIGNATURE)
  );
}

const TNEF_SIGNATURE = 0x223e9f78;

/** True if a body that is said to be plain, and is no text, is made of base64. */
function encodedUnawares(part: Part, decoded: Decoded): boolean {
  return (
    isIdentity(part.encoding) &&
    part.type !== 'text' &&
    part.type !== 'message' &&
    part.type !== 'multipart' &&
    looksBase64(decoded.bytes)
  );
}

function at(message: Message, part: Part, rule: AmbiguityRule, severity: AmbiguitySeverity, offset: number): Ambiguity {
  const source = part.source ?? message.bytes;
  return {
    rule,
    severity,
    at: offset,
    part: part.index,
    detail: source.toString('latin1', offset, Math.min(offset + 80, part.bodyEnd)),
  };
}

/** What has been seen already, so that no content comes twice. */
class Seen {
  readonly #bySize = new Map<number, Buffer[]>();

  /** False if the same bytes were there before. */
  add(bytes: Buffer): boolean {
    const same = this.#bySize.get(bytes.length);
    if (same === undefined) this.#bySize.set(bytes.length, [bytes]);
    else if (same.some((other) => other.equals(bytes))) return false;
    else if (same.length < 100) same.push(bytes);
    return true;
  }
}
