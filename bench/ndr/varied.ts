/**
 * Reads every report of the corpora once more in other dress, and counts where the reading changes: `node bench/ndr/varied.ts CORPORA [DRESS]`. What stays
 * right only in the dress it was learnt in has been learnt by heart. With DRESS, the reports that change are named.
 */
import type { NdrReport } from '../../src/finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { labelledMessages } from './labels.ts';
import { messagesOf } from './measure.ts';

/** The same report in other dress; undefined where that cannot be. The text has LF alone and one character a byte. */
type Dress = (header: string, body: string) => string | undefined;

const isPlain = (header: string) =>
  !/^content-type:\s*(?:multipart|message|text\/html)|^content-transfer-encoding:\s*(?:base64|quoted)/im.test(header);
const fieldsOf = (header: string) => header.match(/^[^\n]*\n(?:[ \t][^\n]*\n)*/gm) ?? [];
const contentOf = (header: string) => fieldsOf(header).filter((field) => /^content-/i.test(field));
const restOf = (header: string) => fieldsOf(header).filter((field) => !/^content-|^mime-version:|^From /i.test(field));
const encoded = (header: string, encoding: string, body: string) =>
  isPlain(header) && !/^content-transfer-encoding:/im.test(header)
    ? `${header}${/^content-type:/im.test(header) ? '' : 'Content-Type: text/plain\n'}Content-Transfer-Encoding: ${encoding}\n\n${body}`
    : undefined;

const DRESSES: Readonly<Record<string, Dress>> = {
  crlf: (header, body) => `${header}\n${body}`.replaceAll('\n', '\r\n'),
  cr: (header, body) => `${header}\n${body}`.replaceAll('\n', '\r'),
  'fields-reversed': (header, body) => {
    const fields = restOf(header).reverse();
    return `${fields.join('')}${contentOf(header).join('')}\n${body}`;
  },
  'fields-in-lower-case': (header, body) =>
    `${header.replace(/^[A-Za-z-]+:/gm, (name) => name.toLowerCase())}\n${body}`,
  base64: (header, body) =>
    encoded(header, 'base64', Buffer.from(body, 'latin1').toString('base64').replace(/.{76}/g, '$&\n')),
  'as-html': (header, body) => {
    if (!isPlain(header)) return undefined;
    const escaped = body.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
    const content = contentOf(header)
      .join('')
      .replace(/text\/plain/i, 'text/html');
    return `${restOf(header).join('')}${content === '' ? 'Content-Type: text/html\n' : content}\n<html><body>${escaped.replaceAll('\n', '<br>\n')}</body></html>\n`;
  },
  'behind-a-gateway': (header, body) =>
    `Received: from mx.isp.example (mx.isp.example [198.51.100.9]) by in.home.example (Postfix) with ESMTPS id 4ABCD; Mon, 2 Nov 2026 10:00:00 +0100\nX-Spam-Status: No, score=-1.2\n${restOf(header).join('')}${contentOf(header).join('')}\n${body}`,
  'tagged-subject': (header, body) => `${header.replace(/^Subject: /im, 'Subject: [EXTERN] ')}\n${body}`,
  'with-a-footer': (header, body) =>
    `${restOf(header).join('')}Content-Type: multipart/mixed; boundary="=_footer"\n\n--=_footer\n${contentOf(header).join('') || 'Content-Type: text/plain\n'}\n${body}\n--=_footer\nContent-Type: text/plain\n\nThis mail was checked for viruses by the gateway of Corp Ltd.\n--=_footer--\n`,
};

const told = ({ isBounce, recipients }: NdrReport) =>
  JSON.stringify([isBounce, recipients.map((one) => [one.address, one.action, one.status, one.replyCode, one.reason])]);

const [folder = process.env['MAILWARD_CORPORA'], only] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/ndr/varied.ts CORPORA [DRESS]');
const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
const read = (text: string) => told(reader.read(readMessage(Buffer.from(text, 'latin1')), ''));
const counts = new Map(Object.keys(DRESSES).map((name) => [name, { read: 0, changed: 0 }]));
for (const { id, bytes } of await labelledMessages(folder)) {
  const [message = bytes] = await messagesOf(bytes);
  const text = message.toString('latin1').replace(/\r\n?/g, '\n');
  const end = text.indexOf('\n\n');
  const usual = reader.read(readMessage(message), '');
  if (end === -1 || usual.kind === 'mail') continue;
  for (const [name, dress] of Object.entries(DRESSES)) {
    const count = counts.get(name);
    const dressed = dress(text.slice(0, end + 1), text.slice(end + 2));
    if (count === undefined || dressed === undefined) continue;
    count.read++;
    const said = read(dressed);
    if (said === told(usual)) continue;
    count.changed++;
    if (only === name) console.log(`${id}\n  ${told(usual)}\n  ${said}`);
  }
}
for (const [name, count] of counts) console.log(`${name.padEnd(22)}${count.changed} of ${count.read} read otherwise`);
