import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBody, type Message, readMessage, textOf } from './message.ts';
import { MessageReader } from './message-reader.ts';

const mail = (...lines: readonly string[]): Message => readMessage(Buffer.from(lines.join('\r\n'), 'latin1'));
const rules = ({ ambiguities }: Message): readonly string[] => ambiguities.map(({ rule }) => rule);

const NESTED = [
  'Subject: =?utf-8?B?R3LDvMOfZQ==?=',
  'Content-Type: multipart/mixed; boundary="outer"',
  '',
  'nobody reads this',
  '--outer',
  'Content-Type: text/plain; charset=iso-8859-1',
  'Content-Transfer-Encoding: quoted-printable',
  '',
  'Gr=FC=DFe',
  '--outer',
  'Content-Type: message/rfc822',
  '',
  'Subject: inner',
  'Content-Type: multipart/alternative; boundary=inner',
  '',
  '--inner',
  '',
  'plain',
  '--inner--',
  '--outer--',
  '',
];

test('parts lie over the bytes of the message, numbered as IMAP does', () => {
  const message = mail(...NESTED);
  assert.deepEqual(
    message.parts.map(({ path, type, subtype, parent }) => [path, `${type}/${subtype}`, parent]),
    [
      ['', 'multipart/mixed', -1],
      ['1', 'text/plain', 0],
      ['2', 'message/rfc822', 0],
      ['2', 'multipart/alternative', 2],
      ['2.1', 'text/plain', 3],
    ],
  );
  const [root, text] = message.parts;
  assert.equal(root?.header.get('subject'), 'Grüße');
  assert.equal(textOf(message, text!), 'Grüße');
  assert.equal(text?.source, message.bytes, 'no copy is made');
  assert.deepEqual(rules(message), []);
});

test('LF, CR LF and CR LF cut into pieces are read alike', () => {
  const shape = ({ parts }: Message) => parts.map(({ path, type, subtype }) => [path, type, subtype]);
  const whole = mail(...NESTED);
  assert.deepEqual(shape(readMessage(Buffer.from(NESTED.join('\n')))), shape(whole));
  for (const size of [1, 2, 7, 64]) {
    const reader = new MessageReader();
    for (let at = 0; at < whole.bytes.length; at += size) reader.push(whole.bytes.subarray(at, at + size));
    const streamed = reader.end();
    assert.deepEqual(shape(streamed), shape(whole));
    assert.deepEqual(streamed.ambiguities, whole.ambiguities);
  }
});

/** A message whose one multipart has the boundary `b`. */
const multipart = (...lines: readonly string[]) => mail('Content-Type: multipart/mixed; boundary=b', '', ...lines);

for (const [what, rule, message] of [
  ['two types', 'mime/duplicate-field', mail('Content-Type: text/plain', 'Content-Type: text/html', '', 'x')],
  ['two authors', 'mime/many-from', mail('From: a@a.example', 'From: b@b.example', '', 'x')],
  ['a blank before a colon', 'mime/blank-before-colon', mail('Content-Type : text/html', '', 'x')],
  ['a NUL', 'mime/nul', mail('Subject: a\0b', '', 'x')],
  ['no end', 'mime/missing-end', multipart('--b', '', 'x')],
  ['a part after the end', 'mime/part-after-end', multipart('--b', '', 'x', '--b--', '--b', '', 'y', '--b--')],
  ['no boundary', 'mime/boundary-missing', mail('Content-Type: multipart/mixed', '', '--x', '', 'y', '--x--')],
  ['an unknown encoding', 'mime/encoding-unknown', mail('Content-Transfer-Encoding: x-rot13', '', 'x')],
] as const)
  test(`${what}: said as ${rule}, where it stands`, () => {
    const found = message.ambiguities.find((one) => one.rule === rule);
    assert.ok(found !== undefined, rules(message).join(' '));
    assert.ok(found.at >= 0 && found.at <= message.bytes.length);
  });

test('base64 is decoded with what does not belong to it left out', () => {
  const message = mail('Content-Transfer-Encoding: base64', '', 'aGVs bG8=', '');
  assert.equal(decodeBody(message, message.parts[0]!).toString(), 'hello');
});

test('a limit that is reached is named, and the rest is kept as bytes', () => {
  const bytes = Buffer.from(`Content-Type: multipart/mixed; boundary=b\n\n${'--b\n\nx\n'.repeat(50)}--b--\n`);
  const message = readMessage(bytes, { parts: 10 });
  assert.ok(message.parts.length <= 10);
  assert.deepEqual(message.limitsReached, ['parts']);
  assert.ok(rules(message).includes('mime/limit'));
});

test('any bytes make a table of parts inside their bytes', () => {
  const piece = fc.constantFrom(
    ...NESTED,
    '--b',
    '--b--',
    'Content-Type: multipart/mixed; boundary=b',
    '\0',
    '\r',
    ':',
    ' x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom('\r\n', '\n', '\r'), (pieces, end) => {
      const message = readMessage(Buffer.from(pieces.join(end), 'latin1'));
      assert.ok(message.parts.length > 0);
      for (const { bodyStart, bodyEnd, source, parent, index } of message.parts)
        assert.ok(0 <= bodyStart && bodyStart <= bodyEnd && bodyEnd <= source.length && parent < index);
    }),
  );
});
