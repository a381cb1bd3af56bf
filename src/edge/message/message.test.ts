import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EdgeMessage } from './message.ts';

const messageOf = (text: string, size = text.length): EdgeMessage => {
  const message = new EdgeMessage();
  const wire = Buffer.from(`${text}.\r\n`, 'latin1');
  for (let at = 0; at < wire.length; at += size) message.take(wire.subarray(at, at + size), true);
  return message;
};
const namesOf = ({ header }: EdgeMessage): string[] => header.fields.map(({ name }) => name);

const replace = (message: EdgeMessage, wanted: string, by: string): void =>
  message.change(
    message.header.fields
      .filter(({ name }) => name === wanted)
      .map(({ start, end }) => ({ start, end, by: Buffer.from(by, 'latin1') })),
  );

for (const [what, size] of [
  ['one piece', 1_000],
  ['many pieces', 7],
] as const)
  test(`a header that changed twice is still the header, and the body the body, in ${what}`, () => {
    const message = messageOf('A: 1\r\nB: 2\r\nC: 3\r\n\r\nB: of the body\r\n..dot\r\n', size);
    replace(message, 'a', '');
    assert.deepEqual(namesOf(message), ['b', 'c']);
    replace(message, 'b', 'B: longer than it was\r\nD: 4\r\n');
    assert.deepEqual(namesOf(message), ['b', 'd', 'c']);
    replace(message, 'c', '');
    const text = 'B: longer than it was\r\nD: 4\r\n\r\nB: of the body\r\n.dot\r\n';
    assert.equal(message.bytes.toString(), text);
    assert.equal(message.size, text.length + 1);
  });

test('a message without a body, and one without a header, can be changed again and again', () => {
  const bare = messageOf('A: 1\r\nB: 2\r\n');
  replace(bare, 'a', '');
  replace(bare, 'b', 'B: 3\r\n');
  assert.equal(bare.bytes.toString(), 'B: 3\r\n');
  const headless = messageOf('\r\nA: 1\r\n');
  replace(headless, 'a', '');
  assert.equal(headless.bytes.toString(), '\r\nA: 1\r\n');
});

test('however fields are taken out and put in, the rest of the message stays', () => {
  const field = fc.stringMatching(/^[ab]: [xy]{0,9}$/).map((text) => `${text}\r\n`);
  fc.assert(
    fc.property(fc.array(field), fc.array(field), fc.integer({ min: 1, max: 40 }), (head, body, size) => {
      const message = messageOf(`${head.join('')}\r\n${body.join('')}`, size);
      replace(message, 'a', '');
      replace(message, 'b', 'c: changed\r\n');
      replace(message, 'c', '');
      assert.equal(message.bytes.toString(), `\r\n${body.join('')}`);
    }),
  );
});
