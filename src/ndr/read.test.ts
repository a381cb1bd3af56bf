import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBounceWords, loadTelltaleFields } from '../knowledge/load-words.ts';
import { identify } from '../platform/identify.ts';
import { readMessage } from '../wire/mime/message.ts';
import { ndrReader } from './read.ts';

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
const read = (...lines: readonly string[]) => reader.read(readMessage(Buffer.from(lines.join('\r\n'))), 'x.eml');

const REPORT = [
  'Received: from store.corp.local (store.corp.local [10.0.0.7]) by mx.here.example (Postfix) with ESMTP id 4ABC; Wed, 25 Nov 2026 12:00:00 +0100',
  'From: MAILER-DAEMON@mx.here.example',
  'Subject: Undelivered Mail Returned to Sender',
  'Content-Type: multipart/report; report-type=delivery-status; boundary=b',
  '',
  '--b',
  '',
  'This is the mail system at host mx.here.example.',
  '<a@there.example>: host mx.there.example[192.0.2.1] said: 552 5.2.2 Mailbox full (in reply to RCPT TO command)',
  '--b',
  'Content-Type: message/delivery-status',
  '',
  'Reporting-MTA: dns; mx.here.example',
  '',
  'Final-Recipient: rfc822; a@there.example',
  'Original-Recipient: rfc822;alias@here.example',
  'Action: failed',
  'Status: 5.2.2',
  'Remote-MTA: dns; mx.there.example',
  'Diagnostic-Code: smtp; 552 5.2.2 Mailbox full',
  '--b',
  'Content-Type: message/rfc822',
  '',
  'From: me@here.example',
  'To: alias@here.example',
  'Subject: hello',
  'Message-ID: <1@here.example>',
  '',
  'text',
  '--b--',
];

test('a report by RFC 3464 tells who, why, by which codes, and what came back', () => {
  const { isBounce, kind, reporter, reportingHost, recipients, original } = read(...REPORT);
  assert.deepEqual([isBounce, kind, reportingHost], [true, 'failure', 'mx.here.example']);
  assert.equal(reporter?.product, 'Postfix');
  assert.deepEqual(recipients, [
    {
      address: 'a@there.example',
      originalAddress: 'alias@here.example',
      action: 'failed',
      status: '5.2.2',
      replyCode: '552',
      reason: 'mailboxfull',
      diagnostic: '552 5.2.2 Mailbox full',
      remoteHost: 'mx.there.example',
      lhost: 'mx.here.example',
    },
  ]);
  assert.deepEqual([original?.messageId, original?.subject], ['<1@here.example>', 'hello']);
});

test('it gives the inside away: names, addresses, software', () => {
  const told = read(...REPORT).disclosures.map(({ kind, value }) => `${kind} ${value}`);
  for (const one of ['internal-host store.corp.local', 'internal-address 10.0.0.7', 'software Postfix'])
    assert.ok(told.includes(one), told.join(' | '));
});

const plain = (from: string, subject: string, ...body: readonly string[]) =>
  read(`From: ${from}`, 'To: me@here.example', `Subject: ${subject}`, '', ...body);

for (const [what, report, reason, address] of [
  [
    'qmail',
    plain(
      'MAILER-DAEMON@q.example',
      'failure notice',
      "Hi. This is the qmail-send program at q.example.\r\nI'm afraid I wasn't able to deliver your message to the following addresses.",
      '',
      '<a@there.example>:',
      '192.0.2.1 does not like recipient.',
      'Remote host said: 550 no such user here',
    ),
    'userunknown',
    'a@there.example',
  ],
  [
    'Exim',
    plain(
      'Mail Delivery System <Mailer-Daemon@e.example>',
      'Mail delivery failed: returning message to sender',
      'This message was created automatically by mail delivery software.',
      'A message that you sent could not be delivered to one or more of its',
      'recipients. This is a permanent error. The following address(es) failed:',
      '',
      '  a@there.example',
      '    host mx.there.example [192.0.2.1]',
      '    SMTP error from remote mail server after RCPT TO:<a@there.example>:',
      '    554 5.7.1 Service unavailable; Client host [198.51.100.1] blocked using zen.spamhaus.org',
    ),
    'blocked',
    'a@there.example',
  ],
] as const)
  test(`the free text of ${what} is read`, () => {
    assert.equal(report.isBounce, true);
    const [recipient] = report.recipients;
    assert.deepEqual([recipient?.address, recipient?.reason], [address, reason], recipient?.diagnostic ?? '');
  });

for (const [kind, report] of [
  ['mail', plain('ann@a.example', 'Lunch', 'The delivery failed last week; shall we meet at noon?')],
  [
    'autoreply',
    read('From: ann@a.example', 'Subject: Out of office', 'Auto-Submitted: auto-replied', '', 'I am on vacation.'),
  ],
  [
    'feedback',
    read(
      'From: fbl@a.example',
      'Content-Type: multipart/report; report-type=feedback-report; boundary=b',
      '',
      '--b',
      'Content-Type: message/feedback-report',
      '',
      'Feedback-Type: abuse',
      'User-Agent: x/1',
      'Version: 1',
      '--b--',
    ),
  ],
] as const)
  test(`${kind} is no bounce`, () => assert.deepEqual([report.kind, report.isBounce], [kind, false]));

test('a message of any bytes is read', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.from('\0\xff\r'), Buffer.from('Received:\n'.repeat(5000))]) {
    const report = reader.read(readMessage(bytes), 'x');
    assert.ok(report.hops.length <= 200 && report.disclosures.length <= 500);
  }
});
