/**
 * Bounces as Debian's Postfix, Exim, Sendmail, OpenSMTPD and Courier write them today: each takes a message, hands it to a server that refuses it,
 * and reports to the sender. Wants the packages of `test/harness/servers`.
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { NdrReport } from '../../src/finding/ndr-report.ts';
import { loadBounceWords, loadTelltaleFields } from '../../src/knowledge/load-words.ts';
import { ndrReader } from '../../src/ndr/read.ts';
import { identify } from '../../src/platform/identify.ts';
import { readMessage } from '../../src/wire/mime/message.ts';
import { send } from '../harness/client.ts';
import { type Behaviour, scriptedServer } from '../harness/scripted-server.ts';
import { arrived, type RunningServer, type Server, withServer } from '../harness/server.ts';
import { courier } from '../harness/servers/courier.ts';
import { exim } from '../harness/servers/exim.ts';
import { opensmtpd } from '../harness/servers/opensmtpd.ts';
import { postfix } from '../harness/servers/postfix.ts';
import { sendmail } from '../harness/servers/sendmail.ts';

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });

/** Recipients that the far server refuses, with its answers and what they mean. `content` is taken at RCPT and refused after the message. */
const REFUSED = [
  { local: 'nobody', answer: '550 5.1.1 User unknown', status: '5.1.1', code: '550', reason: 'userunknown' },
  { local: 'full', answer: '552 5.2.2 Mailbox is full', status: '5.2.2', code: '552', reason: 'mailboxfull' },
  {
    local: 'content',
    answer: '554 5.7.1 Message rejected as spam',
    status: '5.7.1',
    code: '554',
    reason: 'spamdetected',
  },
] as const;

/** A server that takes no mail but says why, in the words of `REFUSED`. */
function refusing(): Behaviour {
  const inData = new WeakSet<object>();
  return {
    greet: (socket) => socket.write('220 mx.far.example ESMTP\r\n'),
    onLine(line, socket) {
      if (inData.has(socket)) {
        if (line !== '.') return;
        inData.delete(socket);
        socket.write(`${REFUSED[2].answer}\r\n`);
        return;
      }
      const verb = line.slice(0, 4).toUpperCase();
      const local = /^RCPT TO:\s*<(\w+)@/i.exec(line)?.[1];
      const refused = REFUSED.find((one) => one.local === local && one.local !== 'content');
      if (verb === 'RCPT' && refused !== undefined) socket.write(`${refused.answer}\r\n`);
      else if (verb === 'EHLO') socket.write('250-mx.far.example\r\n250-ENHANCEDSTATUSCODES\r\n250 8BITMIME\r\n');
      else if (verb === 'DATA') {
        inData.add(socket);
        socket.write('354 go on\r\n');
      } else if (verb === 'QUIT') socket.end('221 2.0.0 bye\r\n');
      else socket.write('250 2.0.0 ok\r\n');
    },
  };
}

function message(local: string): string {
  return [
    'From: Alice <alice@example.test>',
    `To: <${local}@far.example>`,
    `Subject: proof ${local}`,
    `Message-ID: <${local}.1@example.test>`,
    'Date: Wed, 25 Nov 2026 12:00:00 +0000',
    '',
    'This is the body.',
  ].join('\n');
}

/** Sends a message for each refused recipient, one after the other, and returns the bounces by recipient. */
async function bouncesOf(running: RunningServer): Promise<ReadonlyMap<string, NdrReport>> {
  for (const [index, { local }] of REFUSED.entries()) {
    const replies = await send(running, 'alice@example.test', [`${local}@far.example`], message(local));
    assert.match(replies.at(-1) ?? '', /^250/, replies.join('\n'));
    await arrived(running, 'alice', index + 1, 45_000);
  }
  const reports = (await running.mailbox('alice')).map((text, index) =>
    reader.read(readMessage(Buffer.from(text, 'utf8')), `bounce ${index + 1}`),
  );
  return new Map(reports.map((report) => [report.recipients[0]?.address ?? report.file, report]));
}

async function check(t: TestContext, server: Server, reporter: string): Promise<void> {
  await using far = await scriptedServer(refusing());
  await withServer(t, server, { nextHop: far }, async (running) => {
    const bounces = await bouncesOf(running);
    for (const { local, status, code, reason } of REFUSED) {
      const report = bounces.get(`${local}@far.example`);
      assert.ok(report !== undefined, `${local}: ${[...bounces.keys()].join()}`);
      assert.equal(report.kind, 'failure');
      assert.equal(report.recipients.length, 1);
      const [recipient] = report.recipients;
      assert.deepEqual(
        { status: recipient?.status, code: recipient?.replyCode, reason: recipient?.reason, action: recipient?.action },
        { status, code, reason, action: 'failed' },
        `${local}: ${recipient?.diagnostic}`,
      );
      assert.equal(report.reporter?.product, reporter);
      assert.equal(report.reportingHost, running.hostName);
      assert.equal(report.original?.messageId, `<${local}.1@example.test>`);
      assert.equal(report.original?.subject, `proof ${local}`);
      assert.ok(report.disclosures.length > 0, 'a bounce of a stock server gives something away');
    }
  });
}

test('Postfix: its bounces are read', (t) => check(t, postfix, 'Postfix'));
test('Exim: its bounces are read', (t) => check(t, exim, 'Exim'));
test('Sendmail: its bounces are read', (t) => check(t, sendmail, 'Sendmail'));
test('OpenSMTPD: its bounces are read', (t) => check(t, opensmtpd, 'OpenSMTPD'));
test('Courier: its bounces are read', (t) => check(t, courier, 'Courier Mail Server'));
