import type { NdrOriginal } from '../finding/ndr-report.ts';
import { type DeliveryStatus, readDeliveryStatus } from '../wire/dsn/delivery-status.ts';
import { type FeedbackReport, readFeedbackReport } from '../wire/dsn/feedback-report.ts';
import { lines, type ReportField, readFieldGroups } from '../wire/dsn/fields.ts';
import type { HeaderBlock } from '../wire/mime/header-block.ts';
import { type Message, type Part, textOf } from '../wire/mime/message.ts';
import { originalOf, splitOriginal } from './original.ts';
import { htmlToText } from './plain-text.ts';

/** What a report is read from: its header, its own words, its machine-readable parts and the header of the returned message. */
export interface Material {
  readonly message: Message;
  readonly header: HeaderBlock;
  readonly subject: string;
  /** The report's own words, without the returned message. */
  readonly lines: readonly string[];
  /** The same, joined by LF. */
  readonly text: string;
  readonly status: DeliveryStatus | null;
  readonly feedback: FeedbackReport | null;
  /** Header fields of the returned message; empty if nothing of it came back. */
  readonly originalFields: readonly ReportField[];
  readonly original: NdrOriginal | null;
  /** The returned message as bytes, where it may be a report itself; null if nothing came back or a machine-readable part says enough. */
  readonly enclosed: Buffer | null;
}

/** Bytes of text taken from one message; a report says what it has to say before. */
const MAX_TEXT = 256 * 1024;
const MAX_TEXT_PARTS = 8;

/** Sorts the parts of a message by what they are to a reader of reports. */
export function materialOf(message: Message): Material {
  const root = message.parts[0] as Part;
  let words = '';
  let html = '';
  let texts = 0;
  let status: DeliveryStatus | null = null;
  let feedback: FeedbackReport | null = null;
  let originalFields: readonly ReportField[] = [];
  const enclosed = new Set<number>();
  let enclosedBytes: Buffer | null = null;
  for (const part of message.parts) {
    if (enclosed.has(part.parent)) {
      enclosed.add(part.index);
      continue;
    }
    const kind = `${part.type}/${part.subtype}`;
    if (part.type === 'message') {
      if (kind === 'message/delivery-status' || kind === 'message/global-delivery-status')
        status ??= readDeliveryStatus(textOf(message, part));
      else if (kind === 'message/feedback-report') feedback ??= readFeedbackReport(textOf(message, part));
      else {
        enclosed.add(part.index);
        enclosedBytes ??= part.source.subarray(part.bodyStart, part.bodyEnd);
        if (originalFields.length === 0) originalFields = enclosedHeader(message, part);
      }
    } else if (kind === 'text/rfc822-headers' || kind === 'text/rfc822-header') {
      if (originalFields.length === 0)
        originalFields = readFieldGroups(textOf(message, part).slice(0, MAX_TEXT))[0] ?? [];
    } else if (part.type === 'multipart' && part.children.length === 0 && words.length < MAX_TEXT) {
      words += looseText(message, part);
    } else if (
      part.type === 'text' &&
      part.children.length === 0 &&
      texts < MAX_TEXT_PARTS &&
      words.length < MAX_TEXT
    ) {
      const text = textOf(message, part).slice(0, MAX_TEXT);
      if (text.trim() === '') continue;
      texts++;
      if (part.subtype === 'html') html ||= text;
      else words += `${text}\n`;
    }
  }
  if (words.trim() === '') words = htmlToText(html);
  if (words.trim() === '' && status === null && root.children.length === 0)
    words = textOf(message, root).slice(0, MAX_TEXT);
  const split = splitOriginal(words);
  if (enclosedBytes === null && split.original !== '') enclosedBytes = Buffer.from(split.original, 'latin1');
  if (originalFields.length === 0 && split.original !== '')
    originalFields = readFieldGroups(split.original.slice(0, MAX_TEXT))[0] ?? [];
  return {
    message,
    header: root.header,
    subject: root.header.get('subject') ?? '',
    lines: split.report,
    text: split.report.join('\n'),
    status,
    feedback,
    originalFields,
    original: originalOf(originalFields),
    enclosed: status === null && feedback === null ? enclosedBytes : null,
  };
}

/** The words of a multipart whose boundary does not fit: its lines without boundaries and part headers. */
function looseText(message: Message, part: Part): string {
  const kept: string[] = [];
  for (const line of lines(textOf(message, part).slice(0, MAX_TEXT))) {
    if (!/^--\S|^Content-[A-Za-z-]+:|^\s*(?:boundary|charset|report-type)=/i.test(line)) kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}

function enclosedHeader(message: Message, part: Part): readonly ReportField[] {
  const child = message.parts[part.children[0] ?? -1];
  if (child === undefined) return readFieldGroups(textOf(message, part).slice(0, MAX_TEXT))[0] ?? [];
  return child.header.fields.map((field) => ({ name: field.name, value: child.header.valueOf(field) }));
}
