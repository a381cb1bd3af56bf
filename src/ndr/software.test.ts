import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadBounceWords, loadTelltaleFields } from '../knowledge/load-words.ts';
import { identify } from '../platform/identify.ts';
import { readMessage } from '../wire/mime/message.ts';
import { ndrReader } from './read.ts';

const reader = ndrReader({ words: loadBounceWords(), telltale: loadTelltaleFields(), identify });
const reporterOf = (...lines: readonly string[]) =>
  reader.read(readMessage(Buffer.from(lines.join('\r\n'))), 'x.eml').reporter?.product ?? null;

/** A report that has passed two servers of somebody else. */
const relayed = (from: string, ...text: readonly string[]) => [
  'Received: from mx.relay.example (mx.relay.example [192.0.2.8]) by store.relay.example (Postfix) with ESMTP id 4ABD; Wed, 25 Nov 2026 12:00:02 +0100',
  'Received: from mail.there.example (mail.there.example [192.0.2.7]) by mx.relay.example (Postfix) with ESMTP id 4ABC; Wed, 25 Nov 2026 12:00:00 +0100',
  `From: ${from}`,
  'Subject: Undeliverable: hello',
  '',
  ...text,
];

test('a relay that a report has passed is not taken for its writer', () => {
  const text = [
    'Delivery has failed to these recipients or groups:',
    'a@there.example',
    'Diagnostic information for administrators:',
    'Generating server: mail.there.example',
    'a@there.example',
    '#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##',
  ];
  assert.equal(reporterOf(...relayed('postmaster@there.example', ...text)), 'Exchange Server');
});

test('where nothing else names the writer, the oldest Received line does', () => {
  const text = ['The following recipients could not be reached:', '<a@there.example>: user unknown'];
  assert.equal(reporterOf(...relayed('MAILER-DAEMON@mx.relay.example', ...text)), 'Postfix');
});
