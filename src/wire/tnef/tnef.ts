import { decodeCharset, guessText } from '../mime/charset.ts';
import { type Property, PT_OBJECT, PT_UNICODE, readProperties } from './mapi.ts';
import { unpackRtf } from './rtf-compressed.ts';

/** What a winmail.dat holds (MS-OXTNEF): a message as Exchange and Outlook keep it. */
export interface Tnef {
  readonly subject: string | null;
  readonly sender: { readonly name: string | null; readonly address: string | null };
  readonly messageClass: string | null;
  /** Bodies as they are stored, each null if there is none. RTF is unpacked. */
  readonly text: Buffer | null;
  readonly html: Buffer | null;
  readonly rtf: Buffer | null;
  readonly attachments: readonly TnefAttachment[];
  /** False where the file is broken off or does not follow the format; what came before is kept. */
  readonly whole: boolean;
}

export interface TnefAttachment {
  /** As Outlook shows it: the long name, else the title. Null if there is none. */
  readonly name: string | null;
  /** All names that the file gives it. */
  readonly names: readonly string[];
  readonly mediaType: string | null;
  readonly contentId: string | null;
  readonly bytes: Buffer;
  /** The picture that stands for the attachment in the text, where the file holds content and picture. */
  readonly rendition: Buffer | null;
  /** The enclosed message, where the attachment is one. */
  readonly message: Tnef | null;
}

const SIGNATURE = 0x223e9f78;
const ATTRIBUTES_MAX = 10_000;
/** Messages inside one another. */
const DEPTH_MAX = 16;

/** Attributes, by number (MS-OXTNEF §2.1.3.3). */
const ATTACH_REND_DATA = 0x9002;
const MAPI_PROPERTIES = 0x9003;
const ATTACH_PROPERTIES = 0x9005;
const CODEPAGE = 0x9007;
const FROM = 0x8000;
const SUBJECT = 0x8004;
const MESSAGE_CLASS = 0x8008;
const BODY = 0x800c;
const ATTACH_DATA = 0x800f;
const ATTACH_TITLE = 0x8010;

/** Properties, by number (MS-OXPROPS). */
const P_MESSAGE_CLASS = 0x001a;
const P_SUBJECT = 0x0037;
const P_SENDER_NAME = 0x0c1a;
const P_SENDER_ADDRESS = 0x0c1f;
const P_REPRESENTED_NAME = 0x0042;
const P_REPRESENTED_ADDRESS = 0x0065;
const P_BODY = 0x1000;
const P_RTF = 0x1009;
const P_HTML = 0x1013;
const P_DISPLAY_NAME = 0x3001;
const P_ATTACH_DATA = 0x3701;
const P_ATTACH_NAME = 0x3704;
const P_ATTACH_LONG_NAME = 0x3707;
const P_ATTACH_MIME = 0x370e;
const P_ATTACH_CONTENT_ID = 0x3712;

interface AttachmentDraft {
  title: Buffer | null;
  data: Buffer | null;
  properties: Map<number, Property>;
}

/** Reads a TNEF file; null if it is none. Never throws, copies only what it unpacks. */
export function readTnef(bytes: Buffer, depth = 0): Tnef | null {
  if (bytes.length < 6 || bytes.readUInt32LE(0) !== SIGNATURE) return null;
  const message = new Map<number, Buffer>();
  let properties = new Map<number, Property>();
  const attachments: AttachmentDraft[] = [];
  const whole = eachAttribute(bytes, (id, data) => {
    if (id === ATTACH_REND_DATA) attachments.push({ title: null, data: null, properties: new Map() });
    else if (id === ATTACH_TITLE || id === ATTACH_DATA || id === ATTACH_PROPERTIES) {
      if (attachments.length === 0) attachments.push({ title: null, data: null, properties: new Map() });
      const last = attachments.at(-1) as AttachmentDraft;
      if (id === ATTACH_TITLE) last.title = data;
      else if (id === ATTACH_DATA) last.data = data;
      else last.properties = readProperties(data);
    } else if (id === MAPI_PROPERTIES) properties = readProperties(data);
    else if (!message.has(id)) message.set(id, data);
  });
  const codepage = message.get(CODEPAGE);
  const charset = codepage !== undefined && codepage.length >= 4 ? `windows-${codepage.readUInt32LE(0)}` : null;
  const text = (id: number): string | null => textOf(properties.get(id), charset);
  const from = fromOf(message.get(FROM), charset);
  const rtf = properties.get(P_RTF);
  return {
    subject: text(P_SUBJECT) ?? legacyText(message.get(SUBJECT), charset),
    sender: {
      name: text(P_SENDER_NAME) ?? text(P_REPRESENTED_NAME) ?? from.name,
      address: text(P_SENDER_ADDRESS) ?? text(P_REPRESENTED_ADDRESS) ?? from.address,
    },
    messageClass: text(P_MESSAGE_CLASS) ?? legacyText(message.get(MESSAGE_CLASS), charset),
    text: bodyOf(properties.get(P_BODY)) ?? withoutNul(message.get(BODY)),
    html: bodyOf(properties.get(P_HTML)),
    rtf: rtf === undefined ? null : unpackRtf(rtf.value),
    attachments: attachments.map((draft) => attachmentOf(draft, charset, depth)),
    whole,
  };
}

/** Calls `take` with every attribute. False if the file is broken off. */
function eachAttribute(bytes: Buffer, take: (id: number, data: Buffer) => void): boolean {
  let at = 6;
  for (let count = 0; count < ATTRIBUTES_MAX; count++) {
    if (at === bytes.length) return true;
    if (at + 9 > bytes.length) return false;
    const level = bytes[at];
    if (level !== 1 && level !== 2) return false;
    const id = bytes.readUInt16LE(at + 1);
    const size = bytes.readUInt32LE(at + 5);
    const start = at + 9;
    take(id, bytes.subarray(start, Math.min(start + size, bytes.length)));
    if (start + size > bytes.length) return false;
    at = Math.min(start + size + 2, bytes.length);
  }
  return false;
}

function attachmentOf(draft: AttachmentDraft, charset: string | null, depth: number): TnefAttachment {
  const { properties } = draft;
  const names = [
    textOf(properties.get(P_ATTACH_LONG_NAME), charset),
    textOf(properties.get(P_DISPLAY_NAME), charset),
    legacyText(draft.title, charset),
    textOf(properties.get(P_ATTACH_NAME), charset),
  ].filter((name): name is string => name !== null && name !== '');
  const data = properties.get(P_ATTACH_DATA);
  // An object begins with the identifier of its interface.
  const stored = data === undefined ? null : data.type === PT_OBJECT ? data.value.subarray(16) : data.value;
  const bytes = stored ?? draft.data ?? Buffer.alloc(0);
  return {
    name: names[0] ?? null,
    names: [...new Set(names)],
    mediaType: textOf(properties.get(P_ATTACH_MIME), charset)?.toLowerCase() ?? null,
    contentId: textOf(properties.get(P_ATTACH_CONTENT_ID), charset),
    bytes,
    rendition: stored !== null && draft.data !== null && !draft.data.equals(stored) ? draft.data : null,
    message: stored !== null && depth < DEPTH_MAX ? readTnef(stored, depth + 1) : null,
  };
}

function textOf(property: Property | undefined, charset: string | null): string | null {
  if (property === undefined) return null;
  if (property.type === PT_UNICODE) return (decodeCharset(property.value, 'utf-16le') as string).replace(/\0+$/, '');
  return legacyText(property.value, charset);
}

/** Text that ends with a zero byte, in the code page of the file. */
function legacyText(bytes: Buffer | null | undefined, charset: string | null): string | null {
  if (bytes === undefined || bytes === null) return null;
  const nul = bytes.indexOf(0);
  const text = nul === -1 ? bytes : bytes.subarray(0, nul);
  return (charset === null ? null : decodeCharset(text, charset)) ?? guessText(text);
}

function bodyOf(property: Property | undefined): Buffer | null {
  if (property === undefined) return null;
  if (property.type === PT_UNICODE)
    return Buffer.from((decodeCharset(property.value, 'utf-16le') as string).replace(/\0+$/, ''), 'utf8');
  return withoutNul(property.value);
}

function withoutNul(bytes: Buffer | undefined): Buffer | null {
  if (bytes === undefined) return null;
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === 0) end--;
  return bytes.subarray(0, end);
}

/** attFrom is a TRP structure (MS-OXTNEF §2.1.3.3.1): four lengths, then a name and an address such as `SMTP:a@b`. */
function fromOf(bytes: Buffer | undefined, charset: string | null): { name: string | null; address: string | null } {
  if (bytes === undefined || bytes.length < 8) return { name: null, address: null };
  const nameLength = bytes.readUInt16LE(4);
  const addressLength = bytes.readUInt16LE(6);
  const name = legacyText(bytes.subarray(8, 8 + nameLength), charset);
  const address = legacyText(bytes.subarray(8 + nameLength, 8 + nameLength + addressLength), charset);
  return { name, address: address === null ? null : address.replace(/^SMTP:/i, '') };
}

/** All attachments of a file and of the messages inside it, outer ones first. */
export function* allAttachments(tnef: Tnef): Generator<TnefAttachment> {
  const queue: Tnef[] = [tnef];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const attachment of next.attachments) {
      yield attachment;
      if (attachment.message !== null) queue.push(attachment.message);
    }
  }
}
