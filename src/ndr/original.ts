import type { NdrOriginal } from '../finding/ndr-report.ts';
import { fieldOf, lineFeedsOnly, linesOf, type ReportField } from '../wire/dsn/fields.ts';
import { readEncodedWords } from '../wire/mime/encoded-word.ts';

/** A report's text, cut where the returned message begins. */
export interface SplitText {
  /** The report's own lines. */
  readonly report: readonly string[];
  /** The same, joined by LF. */
  readonly text: string;
  /** The returned message or its header, as text; empty if the report has none. */
  readonly original: string;
}

/** More lines than this are not looked at: the report stands first. */
const MAX_LINES = 4000;
/** Lines of a returned message that are read where it is quoted. */
const MAX_QUOTED = 500;
/** A returned header shows itself within so many lines after its announcement. */
const NEAR = 6;

/** Fields that no report writes in its own text. */
const TRANSPORT_FIELDS = new Set([
  'received',
  'return-path',
  'message-id',
  'mime-version',
  'dkim-signature',
  'x-received',
  'content-type',
  'x-mailer',
  'delivered-to',
  'x-originating-ip',
  'domainkey-signature',
  'authentication-results',
  'arc-seal',
  'x-sender',
  'importance',
  'x-priority',
  'content-transfer-encoding',
  'references',
  'in-reply-to',
  'x-google-smtp-source',
  'x-mimeole',
  'user-agent',
  'reply-to',
  'list-id',
  'sender',
  'errors-to',
  'precedence',
]);
const PLAIN_FIELDS = new Set(['from', 'to', 'date', 'subject', 'cc']);

/** Finds where the returned message begins: a header block with fields that only a message has, or a line that announces one. */
export function splitOriginal(text: string): SplitText {
  const clean = lineFeedsOnly(text);
  const all = linesOf(clean, MAX_LINES);
  for (let i = 0; i < all.length; i++) {
    if (startsHeader(all, i)) return cut(all, announcedFrom(all, i), all.slice(i));
    // A returned message may be quoted as replies are.
    if ((all[i] as string).startsWith('>')) {
      const unquoted = all.slice(i, i + MAX_QUOTED).map((line) => line.replace(/^> ?/, ''));
      if (startsHeader(unquoted, 0)) return cut(all, announcedFrom(all, i), unquoted);
      while (i + 1 < all.length && (all[i + 1] as string).startsWith('>')) i++;
    }
  }
  const whole = all.length === MAX_LINES ? all.join('\n') : clean.endsWith('\n') ? clean.slice(0, -1) : clean;
  return { report: all, text: whole, original: '' };
}

/** The fields of the returned message that a reader asks for. */
export function originalOf(group: readonly ReportField[]): NdrOriginal | null {
  const one = (name: string) => {
    const value = fieldOf(group, name);
    return value === undefined ? null : readEncodedWords(value);
  };
  const original = {
    messageId: one('message-id'),
    from: one('from'),
    to: one('to'),
    subject: one('subject'),
    date: one('date'),
  };
  return Object.values(original).some((value) => value !== null) ? original : null;
}

/** True if a returned header begins at this line: at least two fields in a row, one of transport, or three of the plain ones. */
function startsHeader(all: readonly string[], at: number): boolean {
  const first = fieldName(all[at] as string);
  if (first === '' || !(TRANSPORT_FIELDS.has(first) || PLAIN_FIELDS.has(first) || first.startsWith('x-'))) return false;
  let transport = 0;
  let plain = 0;
  let fields = 0;
  for (let i = at; i < all.length && i < at + 60; i++) {
    const line = all[i] as string;
    const c = line.charCodeAt(0);
    if (line === '') break;
    if ((c === 0x20 || c === 0x09) && i > at) continue;
    const name = fieldName(line);
    if (name === '') break;
    fields++;
    if (TRANSPORT_FIELDS.has(name)) transport++;
    else if (PLAIN_FIELDS.has(name)) plain++;
    if ((transport >= 1 && fields >= 2 && transport + plain >= 2) || plain >= 3) return true;
  }
  return transport === 1 && (first === 'received' || first === 'return-path');
}

/** The lines above that only announce the header belong to neither side; reports never look at them again. */
function announcedFrom(all: readonly string[], at: number): number {
  let from = at;
  for (let i = at - 1; i >= 0 && i >= at - NEAR; i--) {
    const line = (all[i] as string).trim();
    if (line === '' || /^[-=_*\s]+$/.test(line)) continue;
    if (
      /^-{2,}|^={2,}|original|header|returned|unsent|below|follow|copy of|included|オリジナル/i.test(line) &&
      !line.includes('@') &&
      line.length < 200
    )
      from = i;
    break;
  }
  return from;
}

function cut(all: readonly string[], reportEnd: number, original: readonly string[]): SplitText {
  const report = all.slice(0, reportEnd);
  return { report, text: report.join('\n'), original: original.join('\n') };
}

/** The field name of a line that starts with one, in lower case, else an empty text. */
function fieldName(line: string): string {
  const colon = line.indexOf(':');
  if (colon < 2 || colon > 40) return '';
  const name = line.slice(0, colon);
  return /^[A-Za-z][A-Za-z0-9_-]*$/.test(name) ? name.toLowerCase() : '';
}
