import { unpackRtf } from '../../wire/tnef/rtf-compressed.ts';
import { charsetOf, type OutlookStore, openOutlookStore, P_INTERNET_CODEPAGE } from './outlook-store.ts';

/** Properties, by number (MS-OXPROPS). */
const P_MESSAGE_CLASS = 0x001a;
const P_SUBJECT = 0x0037;
const P_CLIENT_SUBMIT_TIME = 0x0039;
const P_TRANSPORT_HEADERS = 0x007d;
const P_SUPPLEMENTARY_INFO = 0x0c1b;
const P_SENDER_NAME = 0x0c1a;
const P_SENDER_ADDRESS = 0x0c1f;
const P_STATUS_CODE = 0x0c20;
const P_DISPLAY_TO = 0x0e04;
const P_BODY = 0x1000;
const P_REPORT_TEXT = 0x1001;
const P_RTF = 0x1009;
const P_HTML = 0x1013;
const P_INTERNET_MESSAGE_ID = 0x1035;
const P_EMAIL_ADDRESS = 0x3003;
const P_ATTACH_DATA = 0x3701;
const P_ATTACH_SHORT_NAME = 0x3704;
const P_ATTACH_LONG_NAME = 0x3707;
const P_ATTACH_MIME_TYPE = 0x370e;
const P_REPORTING_MTA = 0x6820;
const P_SMTP_ADDRESS = 0x39fe;
const P_SENDER_SMTP_ADDRESS = 0x5d01;

/** Messages inside one another. */
const DEPTH_MAX = 10;
const LINE = 76;

/**
 * An Outlook message (.msg, MS-OXMSG) as Internet mail: its transport header where it has one, its bodies, attachments and enclosed messages, and
 * for a non-delivery report what its recipients tell, as RFC 3464 has it. Throws an Error if the file is broken; null if it holds no message.
 */
export function readOutlookMessage(bytes: Buffer): Buffer | null {
  const store = openOutlookStore(bytes);
  return store === null ? null : Buffer.from(messageOf(store, 0), 'utf8');
}

function messageOf(store: OutlookStore, depth: number): string {
  const boundary = `=_outlook_${depth}`;
  const isReport = store.text(P_MESSAGE_CLASS)?.toUpperCase().startsWith('REPORT.') === true;
  const parts = [...bodies(store), ...(isReport ? statusPart(store) : []), ...attachments(store, depth)];
  const type = isReport ? 'multipart/report; report-type=delivery-status' : 'multipart/mixed';
  return [
    ...headerOf(store, isReport),
    'MIME-Version: 1.0',
    `Content-Type: ${type}; boundary="${boundary}"`,
    '',
    ...parts.flatMap((part) => [`--${boundary}`, ...part]),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

/** The header that the message came with, without the fields that tell of a body which is not there any more; else one of its properties. */
function headerOf(store: OutlookStore, isReport: boolean): string[] {
  const transport = store.text(P_TRANSPORT_HEADERS);
  if (transport !== null) {
    const kept: string[] = [];
    let keeps = true;
    for (const line of transport.split(/\r?\n/)) {
      if (line === '') continue;
      if (!/^[ \t]/.test(line)) keeps = /^[!-9;-~]+:/.test(line) && !/^(?:content-|mime-version:)/i.test(line);
      if (keeps) kept.push(line);
    }
    if (kept.length > 0) return kept;
  }
  const sender = store.text(P_SENDER_SMTP_ADDRESS) ?? store.text(P_SENDER_ADDRESS);
  const name = store.text(P_SENDER_NAME);
  const from = [
    name === null ? '' : `"${oneLine(name).replaceAll('"', "'")}"`,
    sender?.includes('@') ? `<${sender}>` : '',
  ];
  const recipients = recipientsOf(store).flatMap((one) => addressOf(one) ?? []);
  const fields: readonly (readonly [string, string | null | undefined])[] = [
    ['From', from.filter(Boolean).join(' ') || (isReport ? '<>' : null)],
    ['To', isReport ? store.text(P_DISPLAY_TO) : recipients.join(', ') || store.text(P_DISPLAY_TO)],
    ['Subject', store.text(P_SUBJECT)],
    ['Date', store.time(P_CLIENT_SUBMIT_TIME)?.toUTCString().replace('GMT', '+0000')],
    ['Message-ID', store.text(P_INTERNET_MESSAGE_ID)],
    ['Auto-Submitted', isReport ? 'auto-replied' : null],
  ];
  return fields.flatMap(([field, value]) => (value ? [`${field}: ${oneLine(value)}`] : []));
}

function* bodies(store: OutlookStore): Generator<string[]> {
  const text = store.text(P_BODY) ?? store.text(P_REPORT_TEXT);
  if (text !== null) yield ['Content-Type: text/plain; charset=utf-8', ...encoded(Buffer.from(text, 'utf8'))];
  const html = store.bytes(P_HTML);
  const charset = charsetOf(store.number(P_INTERNET_CODEPAGE));
  if (html !== null) yield [`Content-Type: text/html; charset=${charset}`, ...encoded(html)];
  const rtf = store.bytes(P_RTF);
  const unpacked = rtf === null || html !== null || text !== null ? null : unpackRtf(rtf);
  if (unpacked !== null) yield ['Content-Type: application/rtf; name="body.rtf"', ...encoded(unpacked)];
}

/** What a report says about each recipient. Exchange keeps the status as a number (511 for 5.1.1) and the words beside it. */
function statusPart(store: OutlookStore): string[][] {
  const groups = recipientsOf(store).flatMap((recipient) => {
    const address = addressOf(recipient);
    if (address === null) return [];
    const status = statusOf(recipient.number(P_STATUS_CODE));
    const words = recipient.text(P_SUPPLEMENTARY_INFO);
    return [
      '',
      `Final-Recipient: rfc822; ${oneLine(address)}`,
      'Action: failed',
      ...(status === null ? [] : [`Status: ${status}`]),
      ...(words === null ? [] : [`Diagnostic-Code: smtp; ${oneLine(words)}`]),
    ];
  });
  if (groups.length === 0) return [];
  const reporter = store.text(P_REPORTING_MTA);
  const first = reporter === null ? 'X-Source: Outlook' : `Reporting-MTA: dns; ${oneLine(reporter)}`;
  return [['Content-Type: message/delivery-status', '', first, ...groups, '']];
}

function statusOf(code: number | null): string | null {
  const digits = code === null ? '' : String(code);
  return /^[45]\d\d$/.test(digits) ? [...digits].join('.') : null;
}

function* attachments(store: OutlookStore, depth: number): Generator<string[]> {
  for (const attachment of store.numbered('__attach_version1.0_')) {
    const enclosed = attachment.enclosed();
    if (enclosed !== null && depth < DEPTH_MAX) {
      yield ['Content-Type: message/rfc822', '', messageOf(enclosed, depth + 1)];
      continue;
    }
    const bytes = attachment.bytes(P_ATTACH_DATA);
    if (bytes === null) continue;
    const name = attachment.text(P_ATTACH_LONG_NAME) ?? attachment.text(P_ATTACH_SHORT_NAME) ?? 'attachment';
    const type = attachment.text(P_ATTACH_MIME_TYPE) ?? 'application/octet-stream';
    yield [
      `Content-Type: ${oneLine(type)}`,
      `Content-Disposition: attachment; filename*=utf-8''${encodeURIComponent(oneLine(name))}`,
      ...encoded(bytes),
    ];
  }
}

function recipientsOf(store: OutlookStore): OutlookStore[] {
  return store.numbered('__recip_version1.0_');
}

function addressOf(recipient: OutlookStore): string | null {
  return recipient.text(P_SMTP_ADDRESS) ?? recipient.text(P_EMAIL_ADDRESS);
}

function encoded(bytes: Buffer): string[] {
  const text = bytes.toString('base64');
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += LINE) lines.push(text.slice(at, at + LINE));
  return ['Content-Transfer-Encoding: base64', '', ...lines];
}

/** A property holds whatever its writer put there; a header field holds one line. */
function oneLine(text: string): string {
  return text.replace(/[\r\n\0]+/g, ' ').trim();
}
