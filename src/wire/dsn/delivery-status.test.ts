import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readDeliveryStatus } from './delivery-status.ts';

const REPORT = `Reporting-MTA: dns; mx.here.example
X-Postfix-Queue-ID: 4ABC

Final-Recipient: rfc822; a@there.example
Original-Recipient: rfc822;alias@there.example
Action: failed (delivery)
Status: 5.1.1
Remote-MTA: dns; mx.there.example
Diagnostic-Code: smtp; 550 5.1.1
    User unknown

Final-Recipient: rfc822; b@there.example
Action: Delayed
Status: 4.4.7
`;

test('fields of the message and of each recipient are told apart (RFC 3464 §2)', () => {
  const { reportingMta, recipients, fields } = readDeliveryStatus(REPORT);
  assert.deepEqual(reportingMta, { type: 'dns', value: 'mx.here.example' });
  assert.ok(fields.some(({ name, value }) => name === 'x-postfix-queue-id' && value === '4ABC'));
  assert.deepEqual(
    recipients.map(({ finalRecipient, action, status }) => [finalRecipient?.value, action, status]),
    [
      ['a@there.example', 'failed', '5.1.1'],
      ['b@there.example', 'delayed', '4.4.7'],
    ],
  );
  assert.match(recipients[0]?.diagnostic?.value ?? '', /^550 5\.1\.1\s+User unknown$/);
});

test('without blank lines a second Final-Recipient begins a second recipient', () => {
  assert.equal(readDeliveryStatus(REPORT.replaceAll('\n\n', '\n')).recipients.length, 2);
});
