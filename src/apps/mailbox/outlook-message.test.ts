import assert from 'node:assert/strict';
import { test } from 'node:test';
import cfb from 'cfb';
import { loadBounceWords, loadTelltaleFields } from '../../knowledge/load-words.ts';
import { ndrReader } from '../../ndr/read.ts';
import { identify } from '../../platform/identify.ts';
import { leavesOf } from '../../wire/mime/leaves.ts';
import { readMessage } from '../../wire/mime/message.ts';
import { beginsCompoundFile } from './compound-file.ts';
import { readOutlookMessage } from './outlook-message.ts';

type Values = Readonly<Record<string, string | Buffer | number>>;

/** A .msg file of streams by path. Numbers go to the table of fixed properties of their storage. */
function outlookFile(storages: Readonly<Record<string, Values>>): Buffer {
  const container = cfb.utils.cfb_new();
  for (const [path, values] of Object.entries(storages)) {
    const rows = [Buffer.alloc(path === '' ? 32 : path.endsWith('3701000D/') ? 24 : 8)];
    for (const [property, value] of Object.entries(values)) {
      if (typeof value === 'number') {
        const row = Buffer.alloc(16);
        row.writeUInt16LE(0x0003, 0);
        row.writeUInt16LE(Number.parseInt(property, 16), 2);
        row.writeInt32LE(value, 8);
        rows.push(row);
      } else {
        const type = typeof value === 'string' ? '001F' : '0102';
        const content = typeof value === 'string' ? Buffer.from(value, 'utf16le') : value;
        cfb.utils.cfb_add(container, `/${path}__substg1.0_${property}${type}`, content);
      }
    }
    cfb.utils.cfb_add(container, `/${path}__properties_version1.0`, Buffer.concat(rows));
  }
  return Buffer.from(cfb.write(container, { type: 'buffer' }) as Uint8Array);
}

const read = (storages: Readonly<Record<string, Values>>) => {
  const mime = readOutlookMessage(outlookFile(storages));
  assert.ok(mime !== null);
  return readMessage(mime);
};

test('a message keeps its transport header, body and attachments', () => {
  const message = read({
    '': {
      '001A': 'IPM.Note',
      '007D':
        'Received: from a by b;\r\n Wed, 25 Nov 2026 12:00:00 +0000\r\nSubject: Grüße\r\nContent-Type: text/plain;\r\n\tcharset=x\r\nFrom: a@b.example\r\n\r\n',
      '1000': 'Hello ☃',
    },
    '__attach_version1.0_#00000000/': {
      '3707': 'übersicht.pdf',
      '370E': 'application/pdf',
      '3701': Buffer.from('%PDF'),
    },
  });
  assert.equal(message.parts[0]?.header.get('subject'), 'Grüße');
  assert.equal(message.parts[0]?.header.rawAll('content-type').length, 1);
  assert.match(message.parts[0]?.header.raw('received') ?? '', /12:00:00/);
  const leaves = [...leavesOf(message, () => {})];
  assert.deepEqual(
    leaves.map(({ mediaType, names, bytes }) => [mediaType, names[0] ?? '', bytes.toString('utf8')]),
    [
      ['text/plain', '', 'Hello ☃'],
      ['application/pdf', 'übersicht.pdf', '%PDF'],
    ],
  );
});

test('a non-delivery report is read as a bounce, with the words of each recipient', () => {
  const mime = readOutlookMessage(
    outlookFile({
      '': {
        '001A': 'REPORT.IPM.Note.NDR',
        '0037': 'Undeliverable: Hello',
        '1001': 'Your message did not reach some recipients.',
      },
      '__recip_version1.0_#00000000/': {
        '39FE': 'nobody@far.example',
        '0C1B': '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##',
        '0C20': 511,
      },
      '__recip_version1.0_#00000001/': { '39FE': 'full@far.example', '0C1B': '552 5.2.2 mailbox full', '0C20': 522 },
    }),
  );
  const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
  const report = reader.read(readMessage(mime as Buffer), 'x.msg');
  assert.equal(report.kind, 'failure');
  assert.deepEqual(
    report.recipients.map(({ address, status, replyCode, reason }) => [address, status, replyCode, reason]),
    [
      ['nobody@far.example', '5.1.1', '550', 'userunknown'],
      ['full@far.example', '5.2.2', '552', 'mailboxfull'],
    ],
  );
});

test('an enclosed message is a message', () => {
  const message = read({
    '': { '001A': 'IPM.Note', '0037': 'outer', '1000': 'see below' },
    '__attach_version1.0_#00000000/': {},
    '__attach_version1.0_#00000000/__substg1.0_3701000D/': { '0037': 'inner', '1000': 'within' },
  });
  const inner = message.parts.find((part) => part.parent > 0 && part.header.get('subject') === 'inner');
  assert.ok(inner !== undefined);
});

test('a property cannot bring a field of its own into the header', () => {
  const message = read({ '': { '0037': 'one\r\nBcc: two@example.net', '1000': 'x' } });
  assert.equal(message.parts[0]?.header.field('bcc'), null);
});

test('what is no message or broken is told by null or an Error', () => {
  assert.equal(readOutlookMessage(outlookFile({ 'other/': { '1000': 'x' } })), null);
  const whole = outlookFile({ '': { '1000': 'x'.repeat(9000) } });
  assert.ok(beginsCompoundFile(whole));
  for (let end = 0; end < whole.length; end += 512) {
    try {
      readOutlookMessage(whole.subarray(0, end));
    } catch (fault) {
      assert.ok(fault instanceof Error);
    }
  }
});
