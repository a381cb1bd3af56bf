import type { NdrOriginal } from '../finding/ndr-report.ts';
import { type DeliveryStatus, readDeliveryStatus } from '../wire/dsn/delivery-status.ts';
import { type FeedbackReport, readFeedbackReport } from '../wire/dsn/feedback-report.ts';
import { linesOf, type ReportField, readFieldGroups } from '../wire/dsn/fields.ts';
import type { HeaderBlock, HeaderField } from '../wire/mime/header-block.ts';
import { type Message, type Part, textOf } from '../wire/mime/message.ts';
import { originalOf, type SplitText, splitOriginal } from './original.ts';
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
  const sorted = sortParts(message);
  const { status } = sorted;
  let words = sorted.words;
  if (isBlank(words)) words = htmlToText(firstText(message, sorted.html));
  else if (sorted.leadsInHtml) words = `${htmlToText(firstText(message, sorted.html))}\n${words}`;
  if (status === null && root.children.length === 0 && isBlank(words)) words = textOf(message, root).slice(0, MAX_TEXT);
  return new ReadMaterial(message, sorted, splitOriginal(words));
}

/** The parts that a report is read from. */
interface SortedParts {
  /** Text that is not HTML. */
  words: string;
  readonly html: Part[];
  /** HTML stands first and is no other form of the text, which then is a footer that a gateway or a list put below. */
  leadsInHtml: boolean;
  status: DeliveryStatus | null;
  feedback: FeedbackReport | null;
  /** Enclosed messages and headers, in order. */
  readonly returned: Part[];
}

function sortParts(message: Message): SortedParts {
  const sorted: SortedParts = { words: '', html: [], leadsInHtml: false, status: null, feedback: null, returned: [] };
  const enclosed = new Set<number>();
  let texts = 0;
  for (const part of message.parts) {
    if (enclosed.size > 0 && enclosed.has(part.parent)) {
      enclosed.add(part.index);
      continue;
    }
    const { type, subtype } = part;
    if (type === 'message') {
      if (subtype === 'delivery-status' || subtype === 'global-delivery-status')
        sorted.status ??= readDeliveryStatus(textOf(message, part));
      else if (subtype === 'feedback-report') sorted.feedback ??= readFeedbackReport(textOf(message, part));
      else {
        enclosed.add(part.index);
        sorted.returned.push(part);
      }
    } else if (type === 'text' && (subtype === 'rfc822-headers' || subtype === 'rfc822-header')) {
      sorted.returned.push(part);
    } else if (sorted.words.length >= MAX_TEXT || part.children.length > 0) {
    } else if (type === 'multipart') {
      sorted.words += looseText(message, part);
    } else if (type === 'text' && texts < MAX_TEXT_PARTS) {
      // HTML is opened only if nothing else says anything.
      if (subtype === 'html') {
        sorted.html.push(part);
        const around = message.parts[part.parent];
        if (sorted.words === '' && around !== undefined && around.subtype !== 'alternative') sorted.leadsInHtml = true;
      } else {
        const text = textOf(message, part).slice(0, MAX_TEXT);
        if (isBlank(text)) continue;
        sorted.words += `${text}\n`;
      }
      texts++;
    }
  }
  return sorted;
}

/** The first of the texts that is not blank; empty if there is none. */
function firstText(message: Message, parts: readonly Part[]): string {
  for (const part of parts) {
    const text = textOf(message, part).slice(0, MAX_TEXT);
    if (!isBlank(text)) return text;
  }
  return '';
}

function isBlank(text: string): boolean {
  return !/\S/.test(text);
}

/** What few ask for is worked out when they do. */
class ReadMaterial implements Material {
  readonly message: Message;
  readonly header: HeaderBlock;
  readonly lines: readonly string[];
  readonly text: string;
  readonly status: DeliveryStatus | null;
  readonly feedback: FeedbackReport | null;
  readonly #returned: readonly Part[];
  /** The returned message where it stands in the report's own text. */
  readonly #quoted: string;
  #subject: string | undefined;
  #originalFields: readonly ReportField[] | undefined;
  #original: NdrOriginal | null | undefined;

  constructor(message: Message, { status, feedback, returned }: SortedParts, { report, text, original }: SplitText) {
    this.message = message;
    this.header = (message.parts[0] as Part).header;
    this.lines = report;
    this.text = text;
    this.status = status;
    this.feedback = feedback;
    this.#returned = returned;
    this.#quoted = original;
  }

  get subject(): string {
    this.#subject ??= this.header.get('subject') ?? '';
    return this.#subject;
  }

  get originalFields(): readonly ReportField[] {
    this.#originalFields ??= this.#findOriginalFields();
    return this.#originalFields;
  }

  #findOriginalFields(): readonly ReportField[] {
    for (const part of this.#returned) {
      const fields = enclosedHeader(this.message, part);
      if (fields.length > 0) return fields;
    }
    return this.#quoted === '' ? [] : firstFields(this.#quoted);
  }

  get original(): NdrOriginal | null {
    if (this.#original === undefined) this.#original = originalOf(this.originalFields);
    return this.#original;
  }

  get enclosed(): Buffer | null {
    if (this.status !== null || this.feedback !== null) return null;
    const part = this.#returned.find(({ type }) => type === 'message');
    if (part !== undefined) return part.source.subarray(part.bodyStart, part.bodyEnd);
    return this.#quoted === '' ? null : Buffer.from(this.#quoted, 'latin1');
  }
}

/** The words of a multipart whose boundary does not fit: its lines without boundaries and part headers. */
function looseText(message: Message, part: Part): string {
  const kept: string[] = [];
  for (const line of linesOf(textOf(message, part).slice(0, MAX_TEXT))) {
    if (!/^--\S|^Content-[A-Za-z-]+:|^\s*(?:boundary|charset|report-type)=/i.test(line)) kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}

function enclosedHeader(message: Message, part: Part): readonly ReportField[] {
  const child = message.parts[part.children[0] ?? -1];
  if (child === undefined) return firstFields(textOf(message, part));
  return child.header.fields.map((field) => new EnclosedField(child.header, field));
}

function firstFields(text: string): readonly ReportField[] {
  return readFieldGroups(text.slice(0, MAX_TEXT), 1)[0] ?? [];
}

/** A field of an enclosed message: most are never asked for their value. */
class EnclosedField implements ReportField {
  readonly name: string;
  readonly #header: HeaderBlock;
  readonly #field: HeaderField;
  #value: string | undefined;

  constructor(header: HeaderBlock, field: HeaderField) {
    this.name = field.name;
    this.#header = header;
    this.#field = field;
  }

  get value(): string {
    this.#value ??= this.#header.valueOf(this.#field);
    return this.#value;
  }
}
