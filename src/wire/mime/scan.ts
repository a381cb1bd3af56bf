import type { Ambiguity } from './ambiguity.ts';
import { decodeLeaf } from './decode.ts';
import { judgeFrom } from './judge-from.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import { isIdentity, type Message, type MimePart, type Part } from './part.ts';
import { StructureScanner } from './structure.ts';
import type { StructureReading } from './structure-reading.ts';

const LF = 0x0a;
const CR = 0x0d;

/** Reads the structure of a whole message in one reading. */
export function scanMessage(bytes: Buffer, limits: MimeLimits, reading: StructureReading): Message {
  const scanner = new StructureScanner(lineEndsRead(bytes, reading), limits, reading);
  scanner.advance(true);
  return finishScan(bytes, scanner, limits, reading);
}

/** The message that a scanner has found, encoded containers opened. */
export function finishScan(
  bytes: Buffer,
  scanner: StructureScanner,
  limits: MimeLimits,
  reading: StructureReading,
): Message {
  const reached = scanner.reached;
  const parts: Part[] = scanner.parts;
  const opened: OpenedContainer[] = [];
  // Parts of an encoded container stand behind all others: their offsets are those of the decoded bytes.
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as MimePart;
    if (!isEncodedContainer(part, reading)) continue;
    if (part.depth + 1 >= limits.depth || parts.length >= limits.parts) {
      reached.add(parts.length >= limits.parts ? 'parts' : 'depth');
      continue;
    }
    opened.push(openEncoded(part, parts, limits, reading));
  }
  const found = () => [
    ...scanner.ambiguities(),
    ...opened.flatMap(({ inside, base }) =>
      inside.ambiguities().map((ambiguity) => ({ ...ambiguity, part: ambiguity.part + base })),
    ),
  ];
  return new ScannedMessage(bytes, parts, found, reached, limits);
}

/** A class, as an object made with a getter of its own costs the engine a shape of its own, and a collection of garbage much. */
class ScannedMessage implements Message {
  readonly bytes: Buffer;
  readonly parts: readonly Part[];
  readonly limitsReached: readonly MimeLimit[];
  readonly limits: MimeLimits;
  readonly #found: () => readonly Ambiguity[];
  #all: readonly Ambiguity[] | undefined;

  constructor(
    bytes: Buffer,
    parts: readonly Part[],
    found: () => readonly Ambiguity[],
    reached: ReadonlySet<MimeLimit>,
    limits: MimeLimits,
  ) {
    this.bytes = bytes;
    this.parts = parts;
    this.limitsReached = reached.size === 0 ? NONE : [...reached];
    this.limits = limits;
    this.#found = found;
  }

  get ambiguities(): readonly Ambiguity[] {
    this.#all ??= [...this.#found(), ...ambiguitiesOfFrom(this.parts[0]), ...ambiguitiesOfLimits(this.limitsReached)];
    return this.#all;
  }
}

const NONE: readonly MimeLimit[] = [];

/** Who wrote a message is judged when somebody asks: reading addresses costs as much as finding the parts. */
function ambiguitiesOfFrom(root: Part | undefined): Ambiguity[] {
  const found: Ambiguity[] = [];
  if (root !== undefined)
    judgeFrom(root, (rule, severity, at, to) =>
      found.push({
        rule,
        severity,
        at,
        part: 0,
        detail: root.source.toString('latin1', at, Math.min(to, at + 120)),
      }),
    );
  return found;
}

function ambiguitiesOfLimits(reached: readonly MimeLimit[]): Ambiguity[] {
  if (reached.length === 0) return [];
  return [{ rule: 'mime/limit', severity: 'medium', at: 0, part: 0, detail: reached.join(' ') }];
}

/** A file whose lines end in CR alone is read as if they ended in LF; offsets stay the same. */
export function lineEndsRead(bytes: Buffer, reading: StructureReading): Buffer {
  if (!reading.bareCr && (bytes.length === 0 || hasLineFeed(bytes) || !bytes.includes(CR))) return bytes;
  const copy = Buffer.from(bytes);
  for (let at = 0; at < copy.length; at++) if (copy[at] === CR && copy[at + 1] !== LF) copy[at] = LF;
  return copy;
}

/** Mail has its first line end within so many bytes. */
const NEAR = 256;

function hasLineFeed(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length && at < NEAR; at++) if (bytes[at] === LF) return true;
  return bytes.length > NEAR && bytes.includes(LF, NEAR);
}

function isEncodedContainer(part: Part, reading: StructureReading): boolean {
  if (part.children.length > 0 || isIdentity(part.encoding) || part.bodyEnd <= part.bodyStart) return false;
  if (part.type === 'message') return part.subtype === 'rfc822' || part.subtype === 'global';
  return part.type === 'multipart' && reading.lax;
}

/** What was read of the decoded bytes of a container, and the number of its first part. */
interface OpenedContainer {
  readonly inside: StructureScanner;
  readonly base: number;
}

function openEncoded(part: MimePart, parts: Part[], limits: MimeLimits, reading: StructureReading): OpenedContainer {
  const decoded = decodeLeaf(part, limits).bytes;
  const message = part.type === 'message';
  // A multipart's header stands outside; its fields are put before the decoded body, so that one scanner reads both.
  const whole = message
    ? decoded
    : Buffer.concat([
        Buffer.from(part.header.text().replace(/^content-transfer-encoding:/gim, 'X-Encoding:'), 'latin1'),
        Buffer.from('\n\n'),
        decoded,
      ]);
  const inside = new StructureScanner(
    lineEndsRead(whole, reading),
    { ...limits, parts: limits.parts - parts.length },
    reading,
    part.depth + 1,
  );
  inside.advance(true);
  const base = parts.length;
  for (const found of inside.parts) parts.push(new MovedPart(found, base, part));
  part.children.push(base);
  return { inside, base };
}

/** A part of a decoded container, numbered within the message. */
class MovedPart implements Part {
  readonly #part: MimePart;
  readonly index: number;
  readonly parent: number;
  readonly path: string;
  readonly children: number[];

  constructor(part: MimePart, base: number, container: Part) {
    this.#part = part;
    this.index = part.index + base;
    this.parent = part.parent === -1 ? container.index : part.parent + base;
    this.path = [container.path, part.path].filter((piece) => piece !== '').join('.');
    this.children = part.children.map((child) => child + base);
  }

  get depth(): number {
    return this.#part.depth;
  }
  get source(): Buffer {
    return this.#part.source;
  }
  get header() {
    return this.#part.header;
  }
  get bodyStart(): number {
    return this.#part.bodyStart;
  }
  get bodyEnd(): number {
    return this.#part.bodyEnd;
  }
  get type(): string {
    return this.#part.type;
  }
  get subtype(): string {
    return this.#part.subtype;
  }
  get parameters() {
    return this.#part.parameters;
  }
  get contentType() {
    return this.#part.contentType;
  }
  get contentDisposition() {
    return this.#part.contentDisposition;
  }
  get disposition() {
    return this.#part.disposition;
  }
  get fileName() {
    return this.#part.fileName;
  }
  get encoding() {
    return this.#part.encoding;
  }
  get charset() {
    return this.#part.charset;
  }
}
