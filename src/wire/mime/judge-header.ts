import type { AmbiguityRule, AmbiguitySeverity } from './ambiguity.ts';
import { hidesAscii } from './charset.ts';
import { extensionOf, fileNamesOf } from './file-names.ts';
import type { HeaderField } from './header-block.ts';
import type { MimeLimits } from './limits.ts';
import type { FoundFlaw, ParameterFlaw, ParameterisedValue } from './parameters.ts';
import { isIdentity, type MimePart } from './part.ts';

/** Takes an ambiguity found between two offsets. */
export type Note = (rule: AmbiguityRule, severity: AmbiguitySeverity, at: number, to: number) => void;

const TYPE = 'content-type';
const ENCODING = 'content-transfer-encoding';
const DISPOSITION = 'content-disposition';

const CR = 0x0d;
const LF = 0x0a;

/**
 * Says where the header of a part can be read in several ways. Costs little where there is nothing to say. `hasControls` tells that it may hold a
 * zero byte or a CR that ends no line.
 */
export function judgeHeader(part: MimePart, hasControls: boolean, limits: MimeLimits, note: Note): void {
  const { header } = part;
  let type: HeaderField | null = null;
  let encoding: HeaderField | null = null;
  let disposition: HeaderField | null = null;
  let types = 0;
  for (const field of header.fields) {
    if (field.name.length < TYPE.length || !field.name.startsWith('content-')) continue;
    if (field.name === TYPE) {
      types++;
      type = once(part, type, field, note);
    } else if (field.name === ENCODING) encoding = once(part, encoding, field, note);
    else if (field.name === DISPOSITION) disposition = once(part, disposition, field, note);
  }
  if (hasControls) judgeControls(part, note);
  if (type !== null) judgeType(part, type, note);
  if (encoding !== null) judgeEncoding(part, encoding, note);
  if (disposition !== null && part.contentDisposition !== null)
    judgeFlaws(part.contentDisposition.flaws, 'mime/disposition-syntax', false, disposition, note);
  if (disposition !== null || (type !== null && (types > 1 || mayName(part.contentType))))
    judgeNames(part, disposition ?? (type as HeaderField), note);
  if ((part.contentType?.list.length ?? 0) >= limits.parameters)
    note('mime/limit', 'medium', header.start, header.start + 80);
}

/** True unless it is sure that no reader takes a file name from a Content-Type that stands alone. */
function mayName(type: ParameterisedValue | null): boolean {
  return type !== null && type.list.length > 0 && (type.flaws.length > 0 || type.parameters.has('name'));
}

/** Two fields that say the same are odd; two that say different things let two readers see two messages. */
function once(part: MimePart, before: HeaderField | null, field: HeaderField, note: Note): HeaderField {
  if (before === null) return field;
  const same = part.header.valueOf(before).toLowerCase() === part.header.valueOf(field).toLowerCase();
  note('mime/duplicate-field', same ? 'low' : 'medium', field.start, field.end);
  return before;
}

/** A lone CR or a zero byte in the header. Before the name of a MIME field it is the work of someone who knows what it does. */
function judgeControls(part: MimePart, note: Note): void {
  const { start, end } = part.header;
  const block = part.source.subarray(start, end);
  const at = loneCr(block);
  if (at !== -1) {
    const behind = block.toString('latin1', at + 1, at + 40);
    const severity = /^\s*(?:content|from|subject|mime)[-\s:]/i.test(behind) ? 'high' : 'medium';
    note('mime/bare-cr', severity, start + at, start + at + 40);
  }
  const nul = block.indexOf(0);
  if (nul !== -1) note('mime/nul', 'medium', start + Math.max(0, nul - 20), start + nul + 20);
}

function loneCr(block: Buffer): number {
  if (!block.includes(CR)) return -1;
  // The last line end is behind the block.
  for (let at = 0; at + 1 < block.length; at++)
    if (
      block[at] === CR &&
      block[at + 1] !== LF &&
      !(block[at + 1] === CR && (at + 2 === block.length || block[at + 2] === LF))
    )
      return at;
  return -1;
}

/** Flaws that change what a parameter says, whatever its name. */
const SEVERE: ReadonlySet<ParameterFlaw> = new Set([
  'comment-in-name',
  'control',
  'unclosed-quote',
  'after-quote',
  'duplicate',
  'piece-order',
  'too-many',
]);
/** Flaws that matter where the parameter decides over the structure. */
const STRUCTURAL: ReadonlySet<ParameterFlaw> = new Set([
  'blank-in-type',
  'no-semicolon',
  'comment',
  'stray',
  'blank-at-equals',
  'escape',
  'quote-in-token',
  'single-quote',
  'unquoted-blank',
  'encoded-word',
  'extended',
  'pieces',
]);
/** Flaws of a file name that clients read differently. */
const NAMING: ReadonlySet<ParameterFlaw> = new Set(['comment', 'escape', 'quote-in-token', 'piece-order']);

function judgeType(part: MimePart, field: HeaderField, note: Note): void {
  const parsed = part.contentType;
  if (parsed === null) return;
  const container =
    part.type === 'multipart' || part.type === 'message' || soundsLikeContainer(part.header.exact(field));
  if (!/^[a-z0-9!#$&^_.+-]{1,80}\/[a-z0-9!#$&^_.+-]{1,120}$/.test(parsed.value))
    note(
      'mime/content-type-syntax',
      container || parsed.value.includes('=?') ? 'medium' : 'low',
      field.start,
      field.end,
    );
  else if (container && part.type !== 'multipart' && part.type !== 'message')
    note('mime/content-type-syntax', 'medium', field.start, field.end);
  judgeFlaws(parsed.flaws, 'mime/content-type-syntax', container, field, note);
  if (part.type === 'multipart' && !parsed.list.some(({ name }) => name.startsWith('boundary')))
    note('mime/boundary-missing', 'medium', field.start, field.end);
  if (part.type === 'message') {
    if (part.subtype === 'partial') note('mime/partial', 'medium', field.start, field.end);
    if (part.subtype === 'external-body') note('mime/external-body', 'medium', field.start, field.end);
  }
  if (part.type === 'text' && part.charset !== null && hidesAscii(part.charset))
    note('mime/charset', 'low', field.start, field.end);
  if (
    !isIdentity(part.encoding) &&
    (part.type === 'multipart' || (part.type === 'message' && part.subtype === 'rfc822'))
  )
    note('mime/container-encoded', part.type === 'multipart' ? 'low' : 'medium', field.start, field.end);
}

function soundsLikeContainer(field: string): boolean {
  return /multi|boundary/i.test(field);
}

function judgeFlaws(
  flaws: readonly FoundFlaw[],
  rule: AmbiguityRule,
  container: boolean,
  field: HeaderField,
  note: Note,
): void {
  for (const { flaw, parameter } of flaws) {
    const boundary = parameter === 'boundary' || (container && (parameter === '' || flaw === 'stray'));
    const name = parameter === 'name' || parameter === 'filename';
    if (boundary && (STRUCTURAL.has(flaw) || SEVERE.has(flaw)))
      note(parameter === 'boundary' ? 'mime/boundary-form' : rule, 'medium', field.start, field.end);
    else if (name && (NAMING.has(flaw) || SEVERE.has(flaw)))
      note('mime/file-name-form', 'medium', field.start, field.end);
    else if (SEVERE.has(flaw))
      note(rule, parameter === '' || flaw === 'comment-in-name' ? 'medium' : 'low', field.start, field.end);
    else note(name ? 'mime/file-name-form' : rule, 'info', field.start, field.end);
  }
}

/** Several names are odd; names of different types let a filter and a client see different files. */
function judgeNames(part: MimePart, field: HeaderField, note: Note): void {
  const names = fileNamesOf(part);
  if (names.length === 0) return;
  const extensions = new Set(names.map(extensionOf));
  // A name without extension beside one that has it hides nothing: both are known.
  if (extensions.size > 1) {
    extensions.delete('');
    note('mime/file-name-conflict', extensions.size > 1 ? 'medium' : 'low', field.start, field.end);
  }
  if (WIDE_NAME.test(part.source.toString('latin1', field.start, field.end)))
    note('mime/file-name-form', 'medium', field.start, field.end);
  if (names.some((name) => HIDDEN_SEPARATOR.test(name)))
    note('mime/file-name-separator', 'medium', field.start, field.end);
}

/** A name in a charset whose bytes are not those of ASCII: few clients read it. */
const WIDE_NAME = /(?:=\?|\*=\s*"?)(?:utf-?(?:7|16|32)|unicode|ucs)/i;
/** Controls, NUL, and marks that turn the direction of text (U+202E and its like); separators that only decoding brings out. */
const HIDDEN_SEPARATOR = /[\x00-\x08\x0a-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]|\.\.[/\\]/;

/** Encodings that every client knows (RFC 2045 §6.1). */
const KNOWN: ReadonlySet<string> = new Set(['7bit', '8bit', 'binary', 'quoted-printable', 'base64']);
const TOKEN = /^[\w-]{1,40}$/;

function judgeEncoding(part: MimePart, field: HeaderField, note: Note): void {
  const raw = part.source.toString('latin1', field.valueStart, field.end);
  const text = part.header.valueOf(field);
  if (!TOKEN.test(text) || raw.length > 200) {
    // A comment or semicolon behind a plain name is passed over by nearly all.
    note('mime/encoding-syntax', 'medium', field.start, field.end);
  } else if (!KNOWN.has(part.encoding)) {
    note('mime/encoding-unknown', part.encoding === 'uuencode' ? 'low' : 'medium', field.start, field.end);
  }
}
