import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readThoroughly } from './leaves.ts';
import { readMessage } from './message.ts';

/** What some reader could open, as `path reading name content`, and the doubts, as `rule severity text`. */
function read(...lines: readonly string[]) {
  const message = readMessage(Buffer.from(lines.join('\r\n'), 'latin1'));
  const { leaves, ambiguities } = readThoroughly(message);
  return {
    leaves: leaves.map(({ path, reading, names, bytes }) => `${path} ${reading} ${names[0] ?? '-'} ${bytes}`),
    doubts: ambiguities.map(
      ({ rule, severity, at }) => `${rule} ${severity} ${message.bytes.toString('latin1', at, at + 6)}`,
    ),
  };
}

const UUENCODED = ['begin 644 cat.txt', '#0V%T', '`', 'end'];
const YENC = ['=ybegin line=128 size=3 name=note.bin', 'mno', '=yend size=3'];

test('files inside a text are opened, and said to be there', () => {
  const { leaves, doubts } = read('Subject: x', '', 'hello', ...UUENCODED, '', ...YENC);
  assert.deepEqual(leaves.slice(1), ['1/cat.txt usual cat.txt Cat', '1/note.bin usual note.bin CDE']);
  assert.ok(doubts.includes('mime/embedded-file low hello\r'), doubts.join());
});

const multipart = (...lines: readonly string[]) =>
  read('Content-Type: multipart/mixed; boundary=b', '', '--b', '', 'hello', '--b--', ...lines);

test('text behind the end is no content, and said to be there, with its place', () => {
  const { leaves, doubts } = multipart('', 'list note', '');
  assert.deepEqual(leaves, ['1 usual - hello']);
  assert.deepEqual(doubts, ['mime/text-after-end info list n']);
  assert.deepEqual(multipart('', '  ', '').doubts, []);
});

test('a file behind the end is opened as what some readers would see', () => {
  const { leaves, doubts } = multipart(...UUENCODED);
  assert.deepEqual(leaves, ['1 usual - hello', 'after-end/cat.txt text-after-end cat.txt Cat']);
  assert.deepEqual(doubts, ['mime/text-after-end info begin ', 'mime/embedded-file medium begin ']);
});

for (const [what, type, rule] of [
  ['a signed wrapper', 'application/pkcs7-mime; smime-type=signed-data; name=smime.p7m', 'mime/opaque'],
  ['content elsewhere', 'message/external-body; access-type=URL; URL="http://a.example/x"', 'mime/external-body'],
  ['a piece of a message', 'message/partial; id="1@a.example"; number=1; total=2', 'mime/partial'],
] as const)
  test(`${what} is said to be closed`, () => {
    const { doubts } = read(`Content-Type: ${type}`, '', 'MIAGCSqGSIb3DQEHAqCA');
    assert.ok(
      doubts.some((doubt) => doubt.startsWith(`${rule} `)),
      doubts.join(),
    );
  });
