import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribute, mapiProperties, tnefFile } from '../../../test/mime/tnef-bytes.ts';
import { allAttachments, readTnef } from './tnef.ts';

const subject = attribute(1, 0x9003, mapiProperties([0x0037, 0x1e, Buffer.from('A subject\0')]));
const attachment = (name: string, content: string) => [
  attribute(2, 0x9002, Buffer.alloc(14)),
  attribute(2, 0x8010, Buffer.from(`${name}\0`)),
  attribute(2, 0x800f, Buffer.from(content)),
];
const FILE = tnefFile(subject, ...attachment('a.txt', 'first'), ...attachment('b.txt', 'second'));

test('subject and attachments are read, each with its name', () => {
  const tnef = readTnef(FILE);
  assert.ok(tnef !== null);
  assert.deepEqual([tnef.subject, tnef.whole], ['A subject', true]);
  assert.deepEqual(
    [...allAttachments(tnef)].map(({ name, bytes }) => [name, bytes.toString()]),
    [
      ['a.txt', 'first'],
      ['b.txt', 'second'],
    ],
  );
});

test('what comes before a break is kept, and the break is told', () => {
  const tnef = readTnef(FILE.subarray(0, FILE.length - 20));
  assert.equal(tnef?.whole, false);
  assert.equal(tnef?.subject, 'A subject');
  assert.equal(tnef?.attachments[0]?.name, 'a.txt');
});

test('other bytes are no TNEF, and no length of a stranger is believed', () => {
  assert.equal(readTnef(Buffer.from('PK\x03\x04')), null);
  const lying = attribute(2, 0x800f, Buffer.from('x'));
  lying.writeUInt32LE(0xffffffff, 5);
  assert.equal(readTnef(tnefFile(lying))?.whole, false);
});
