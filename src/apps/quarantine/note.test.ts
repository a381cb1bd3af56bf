import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { QuarantineNote } from '../../edge/quarantine.ts';
import { subjectOf } from './header.ts';
import { mailboxOf, readNote } from './note.ts';

const NOTE: QuarantineNote = {
  schema: 'mailward/quarantined/1',
  id: 'm-1',
  session: 's-1',
  at: '2026-01-31T12:00:00.000Z',
  direction: 'in',
  peer: '192.0.2.7',
  port: 40_000,
  hello: 'mx.sender.example',
  extended: true,
  sender: 'müller@sender.example',
  onwardSender: null,
  recipients: ['bob@here.example'],
  parameters: { size: null, body: null, smtpUtf8: true, requireTls: false, ret: null, envid: null },
  deliveries: [{ notify: 'NEVER', orcpt: 'rfc822;bob@here.example', onward: null }],
  traceSize: 100,
  score: 10,
  hits: [{ rule: 'a/b', because: 'c\u001b' }],
  answer: 'refuse',
};

test('a note comes back as it was written, and an address with the bytes of the wire', () => {
  assert.deepEqual(readNote(JSON.parse(JSON.stringify(NOTE))), NOTE);
  assert.equal(mailboxOf('müller@sender.example')?.local, Buffer.from('müller').toString('latin1'));
});

/** Changes that somebody could make in the file so that a server would hear more than an envelope. */
const FORGED: readonly (readonly [what: string, change: object])[] = [
  ['a second command in a recipient', { recipients: ['bob@here.example>\r\nRCPT TO:<eve@here.example'] }],
  ['a second command in the sender', { sender: 'a@b.example\r\nRSET' }],
  ['a second command in a form that goes on', { onwardSender: 'a@b.example>\nX' }],
  ['a second parameter', { deliveries: [{ notify: 'NEVER BODY=8BITMIME', orcpt: null, onward: null }] }],
  ['a line end in a parameter', { parameters: { ...NOTE.parameters, envid: 'a\r\nb' } }],
  ['a line end in the greeting', { hello: 'a\r\nb' }],
  ['more recipients than deliveries', { recipients: ['a@here.example', 'b@here.example'] }],
  ['nobody', { recipients: [], deliveries: [] }],
  ['another kind of file', { schema: 'mailward/quarantined/2' }],
];
for (const [what, change] of FORGED)
  test(`${what} is no note`, () => assert.equal(readNote({ ...NOTE, ...change }), null));

test('whatever stands in a file is read or refused, and no header has a subject that breaks', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void readNote(value)));
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const subject = subjectOf(Buffer.concat([Buffer.from('Subject: '), Buffer.from(bytes)]));
      return subject === null || typeof subject === 'string';
    }),
  );
  assert.equal(
    subjectOf(Buffer.from('From: a\r\nSUBJECT : =?utf-8?q?=C3=BCber?=\r\n  fold\r\n\r\nSubject: no')),
    'über  fold',
  );
  assert.equal(subjectOf(Buffer.from('From: a\r\n\r\nSubject: no')), null);
});
