const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;

const MIME_FIELD = /^content[-_ ](?:type|transfer[-_ ]?encoding|disposition)\b/i;

/** True if the name of a field that decides how a part is read stands there, blanks and controls before it apart. */
export function looksLikeMimeField(bytes: Buffer, at: number, end: number): boolean {
  let from = at;
  while (from < end && (bytes[from] as number) <= SPACE && bytes[from] !== LF) from++;
  if (((bytes[from] as number) | 0x20) !== 0x63) return false;
  return MIME_FIELD.test(bytes.toString('latin1', from, Math.min(from + 30, bytes.length)));
}

const WHOLE_FIELD =
  /^content-(?:type[ \t]*:[ \t]*["'=a-z][\w?=-]*\/|transfer-encoding[ \t]*:[ \t]*(?:base64|quoted|[78]-?bit|binary|x-)|disposition[ \t]*:[ \t]*(?:attach|inline|form))/i;

/** True if a MIME field with a value stands there. Its name alone may be listed, as DKIM signatures do (RFC 6376 §3.5). */
export function looksLikeWholeMimeField(bytes: Buffer, at: number, end: number): boolean {
  if (((bytes[at] as number) | 0x20) !== 0x63) return false;
  return WHOLE_FIELD.test(bytes.toString('latin1', at, Math.min(end, at + 120)));
}

/** True if the field names the author, the date or the MIME version. */
export function isIdentityField(bytes: Buffer, at: number, end: number): boolean {
  return /^(?:from|sender|date|mime-version)$/i.test(bytes.toString('latin1', at, Math.min(end, at + 20)));
}

/** True if the line is a field: a name, a colon. */
export function isFieldLine(bytes: Buffer, at: number, end: number): boolean {
  return /^[!-9;-~]{1,80}:/.test(bytes.toString('latin1', at, Math.min(end, at + 82)));
}

/** `From ` of an mbox file, which some programs leave at the head of a message; `>From ` where they quoted it. */
export function isMailboxLine(bytes: Buffer, at: number): boolean {
  const text = bytes.toString('latin1', at, at + 6);
  return text.startsWith('From ') || text === '>From ';
}

/** The offset before the line end that stands before a line. */
export function beforeLineEnd(bytes: Buffer, lineStart: number): number {
  if (lineStart === 0 || bytes[lineStart - 1] !== LF) return lineStart;
  return lineStart > 1 && bytes[lineStart - 2] === CR ? lineStart - 2 : lineStart - 1;
}
