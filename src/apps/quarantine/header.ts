import { EdgeHeader, headerBytes } from '../../edge/message/header.ts';
import { readEncodedWords } from '../../wire/mime/encoded-word.ts';

/** Fields of a header that are shown, and characters of each. */
const FIELDS_MOST = 200;
const VALUE_MOST = 2_000;

/** The header of a message out of its first bytes, as it stands there: a line a field, one character a byte. */
export function headerFields(head: Buffer): string[] {
  const end = head.indexOf('\r\n\r\n');
  const header = new EdgeHeader(headerBytes([head], end < 0 ? -1 : end + 4));
  return header.fields
    .slice(0, FIELDS_MOST)
    .map(({ start, end: to }) => header.bytes.toString('latin1', start, Math.min(to, start + VALUE_MOST)).trimEnd());
}

/** The first subject, read as a mail program reads it; null if there is none. What it holds is a stranger's. */
export function subjectOf(head: Buffer): string | null {
  const field = headerFields(head).find((one) => /^subject[ \t]*:/i.test(one));
  if (field === undefined) return null;
  const raw = Buffer.from(field.slice(field.indexOf(':') + 1).replace(/\r?\n(?=[ \t])/g, ''), 'latin1').toString(
    'utf8',
  );
  return readEncodedWords(raw.trim());
}
