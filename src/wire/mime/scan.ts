import type { Ambiguity } from './ambiguity.ts';
import { HeaderBlock, type HeaderField } from './header-block.ts';
import type { MimeLimit, MimeLimits } from './limits.ts';
import type { Message, Part, TransferEncoding } from './message.ts';
import { readParameters } from './parameters.ts';

const LF = 0x0a;
const CR = 0x0d;

type Draft = { -readonly [Key in keyof Part]: Part[Key] } & { children: number[] };

interface Open {
  readonly part: Draft;
  /** Null for an enclosed message. */
  readonly delimiter: Buffer | null;
}

/** Reads the structure of a message in one pass over its lines, without recursion. */
export function scan(source: Buffer, limits: MimeLimits): Message {
  const bytes = source.includes(LF) ? source : Buffer.from(source.map((byte) => (byte === CR ? LF : byte)));
  const parts: Draft[] = [];
  const ambiguities: Ambiguity[] = [];
  const reached = new Set<MimeLimit>();
  const open: Open[] = [];
  let at = 0;
  let current: Draft | null = null;

  const begin = (parent: Draft | null): void => {
    const index = parts.length;
    const { header, next } = readHeader(bytes, at, limits, reached, open);
    const enclosed = parent?.type === 'message';
    const fallback = parent?.subtype === 'digest' && parent.type === 'multipart' ? 'message/rfc822' : 'text/plain';
    const part = describe(index, parent, bytes, header, next, limits, fallback);
    part.path =
      parent === null ? '' : enclosed ? pathInside(parent) : join(pathInside(parent), parent.children.length + 1);
    parent?.children.push(index);
    parts.push(part);
    at = next;
    const boundary = part.type === 'multipart' ? part.parameters.get('boundary') : undefined;
    if (boundary !== undefined && boundary !== '')
      open.push({ part, delimiter: Buffer.from(`--${boundary}`, 'latin1') });
    current = part;
    if (part.type === 'message' && (part.subtype === 'rfc822' || part.subtype === 'global')) {
      if (part.depth >= limits.depth) reached.add('depth');
      else open.push({ part, delimiter: null });
    }
  };
  const within = (): boolean => {
    if (parts.length < limits.parts) return true;
    reached.add('parts');
    return false;
  };

  begin(null);
  while (needsEnclosed(open, current)) begin(current);
  while (at < bytes.length) {
    const dash = lineWithDashes(bytes, at);
    if (dash === -1) break;
    const lineEnd = endOfLine(bytes, dash);
    const hit = match(bytes, dash, lineEnd, open);
    at = Math.min(lineEnd + 1, bytes.length);
    if (hit === null) continue;
    const bodyEnd = beforeLineEnd(bytes, dash);
    if (current !== null) (current as Draft).bodyEnd = Math.max((current as Draft).bodyStart, bodyEnd);
    while (open.length > hit.level + 1) endContainer(open.pop() as Open, bodyEnd);
    const container = open[hit.level] as Open;
    current = null;
    if (hit.close) {
      open.pop();
      container.part.bodyEnd = at;
      continue;
    }
    if (!within()) break;
    begin(container.part);
    while (needsEnclosed(open, current) && within()) begin(current);
  }
  if (current !== null) (current as Draft).bodyEnd = bytes.length;
  for (const { part } of open) part.bodyEnd = bytes.length;
  return { bytes: source, parts, ambiguities, limitsReached: [...reached] };
}

function needsEnclosed(open: readonly Open[], current: Draft | null): boolean {
  const top = open.at(-1);
  return top !== undefined && top.delimiter === null && top.part === current && current.encoding !== 'base64';
}

function endContainer(container: Open, at: number): void {
  container.part.bodyEnd = Math.max(container.part.bodyStart, at);
}

function pathInside(parent: Part): string {
  return parent.path;
}

function join(prefix: string, number: number): string {
  return prefix === '' ? String(number) : `${prefix}.${number}`;
}

function describe(
  index: number,
  parent: Draft | null,
  bytes: Buffer,
  header: HeaderBlock,
  bodyStart: number,
  limits: MimeLimits,
  fallback: string,
): Draft {
  const contentType = readParameters(header.raw('content-type') ?? fallback, limits.parameters);
  const [type, subtype] = splitType(contentType.value, fallback);
  const dispositionField = header.raw('content-disposition');
  const disposition = dispositionField === null ? null : readParameters(dispositionField, limits.parameters);
  return {
    index,
    parent: parent?.index ?? -1,
    depth: parent === null ? 0 : parent.depth + 1,
    path: '',
    source: bytes,
    header,
    bodyStart,
    bodyEnd: bodyStart,
    type,
    subtype,
    parameters: contentType.parameters,
    disposition: disposition?.value ?? null,
    fileName: disposition?.parameters.get('filename') ?? contentType.parameters.get('name') ?? null,
    encoding: readEncoding(header.raw('content-transfer-encoding')),
    charset: contentType.parameters.get('charset')?.toLowerCase() ?? null,
    children: [],
  };
}

function splitType(value: string, fallback: string): [string, string] {
  const slash = value.indexOf('/');
  const known = slash > 0 && slash < value.length - 1 ? value : fallback;
  const cut = known.indexOf('/');
  return [known.slice(0, cut), known.slice(cut + 1)];
}

const ENCODINGS: ReadonlyMap<string, TransferEncoding> = new Map([
  ['7bit', '7bit'],
  ['8bit', '8bit'],
  ['binary', 'binary'],
  ['base64', 'base64'],
  ['quoted-printable', 'quoted-printable'],
  ['x-uuencode', 'uuencode'],
  ['x-uue', 'uuencode'],
  ['uuencode', 'uuencode'],
  ['x-yenc', 'yenc'],
]);

function readEncoding(value: string | null): TransferEncoding {
  if (value === null || value === '') return '7bit';
  return ENCODINGS.get(value.split(/[;\s(]/)[0]?.toLowerCase() as string) ?? 'unknown';
}

function readHeader(
  bytes: Buffer,
  from: number,
  limits: MimeLimits,
  reached: Set<MimeLimit>,
  open: readonly Open[],
): { header: HeaderBlock; next: number } {
  const fields: HeaderField[] = [];
  let at = from;
  let name = '';
  let start = from;
  let valueStart = from;
  let end = from;
  const flush = () => {
    if (name === '') return;
    if (fields.length < limits.headerFields) fields.push({ name, start, valueStart, end });
    else reached.add('headerFields');
    name = '';
  };
  while (at < bytes.length) {
    const lineEnd = endOfLine(bytes, at);
    const textEnd = lineEnd > at && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
    const next = Math.min(lineEnd + 1, bytes.length);
    if (textEnd === at) {
      flush();
      return { header: new HeaderBlock(bytes, fields, from, at), next };
    }
    const first = bytes[at];
    if (first === 0x20 || first === 0x09) {
      end = textEnd;
    } else {
      const colon = bytes.subarray(at, textEnd).indexOf(0x3a);
      if (colon <= 0) {
        flush();
        if (
          fields.length === 0 ? !isMailboxLine(bytes, at) : first === 0x2d && match(bytes, at, lineEnd, open) !== null
        )
          return { header: new HeaderBlock(bytes, fields, from, at), next: at };
      } else {
        flush();
        name = bytes
          .toString('latin1', at, at + colon)
          .trimEnd()
          .toLowerCase();
        start = at;
        valueStart = at + colon + 1;
        end = textEnd;
      }
    }
    at = next;
    if (at - from > limits.headerBytes) {
      reached.add('headerBytes');
      break;
    }
  }
  flush();
  return { header: new HeaderBlock(bytes, fields, from, at), next: at };
}

function isMailboxLine(bytes: Buffer, at: number): boolean {
  const text = bytes.toString('latin1', at, at + 6);
  return text.startsWith('From ') || text === '>From ';
}

function endOfLine(bytes: Buffer, from: number): number {
  const end = bytes.indexOf(LF, from);
  return end === -1 ? bytes.length : end;
}

function beforeLineEnd(bytes: Buffer, lineStart: number): number {
  if (lineStart === 0 || bytes[lineStart - 1] !== LF) return lineStart;
  return lineStart > 1 && bytes[lineStart - 2] === CR ? lineStart - 2 : lineStart - 1;
}

/** The start of the first line at or after the line start `from` that begins with two dashes. */
function lineWithDashes(bytes: Buffer, from: number): number {
  if (bytes[from] === 0x2d && bytes[from + 1] === 0x2d) return from;
  const found = bytes.indexOf('\n--', from, 'latin1');
  return found === -1 ? -1 : found + 1;
}

function match(
  bytes: Buffer,
  start: number,
  end: number,
  open: readonly Open[],
): { level: number; close: boolean } | null {
  let textEnd = end;
  while (textEnd > start && (bytes[textEnd - 1] === CR || bytes[textEnd - 1] === 0x20 || bytes[textEnd - 1] === 0x09))
    textEnd--;
  for (let level = open.length - 1; level >= 0; level--) {
    const delimiter = (open[level] as Open).delimiter;
    if (delimiter === null) continue;
    const length = textEnd - start;
    if (length !== delimiter.length && length !== delimiter.length + 2) continue;
    if (bytes.compare(delimiter, 0, delimiter.length, start, start + delimiter.length) !== 0) continue;
    if (length === delimiter.length) return { level, close: false };
    if (bytes[textEnd - 1] === 0x2d && bytes[textEnd - 2] === 0x2d) return { level, close: true };
  }
  return null;
}
