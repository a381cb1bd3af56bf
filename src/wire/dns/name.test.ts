import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { type KnownNames, readName, writeName } from './name.ts';

const bytes = (...parts: readonly (string | number)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from([part]))));

test('a name is read in lower case, and the offset behind it is told', () => {
  assert.deepEqual(readName(bytes(2, 'mX', 7, 'Example', 0, 0xff), 0), { name: 'mx.example', next: 12 });
  assert.deepEqual(readName(bytes(0), 0), { name: '', next: 1 });
});

test('pointers are followed, and what stands behind the first one is next', () => {
  const message = bytes(7, 'example', 0, 2, 'mx', 0xc0, 0, 0xc0, 9);
  assert.deepEqual(readName(message, 9), { name: 'mx.example', next: 14 });
  assert.deepEqual(readName(message, 14), { name: 'mx.example', next: 16 });
});

test('a name that many records point to is read once', () => {
  const known: KnownNames = new Map();
  const message = bytes(7, 'example', 0, 0xc0, 0);
  assert.deepEqual(readName(message, 9, known), { name: 'example', next: 11 });
  assert.deepEqual([...known], [[0, 'example']]);
  assert.deepEqual(readName(message, 9, new Map([[0, 'remembered']])), { name: 'remembered', next: 11 });
});

test('names that cannot be are no names', () => {
  const long = Buffer.concat([...Array.from({ length: 8 }, () => bytes(31, 'a'.repeat(31))), bytes(0)]);
  const broken: readonly (readonly [string, Buffer])[] = [
    ['nothing', bytes()],
    ['a label that is cut off', bytes(5, 'abc')],
    ['no end', bytes(1, 'a')],
    ['half a pointer', bytes(0xc0)],
    ['a pointer to itself', bytes(0xc0, 0)],
    ['a circle of two', bytes(0xc0, 2, 0xc0, 0)],
    ['a pointer past the end', bytes(0xc0, 99)],
    ['a label type of the future (RFC 6891 §5)', bytes(0x40, 'a', 0)],
    ['256 octets', long],
  ];
  for (const [what, wire] of broken) assert.equal(readName(wire, 0), null, what);
});

test('bytes that are not plain stand as numbers, so that a dot within a label is no border', () => {
  const wire = bytes(3, 'a.b', 2, '\\\xff', 0);
  assert.equal(readName(wire, 0)?.name, 'a\\046b.\\092\\255');
  assert.deepEqual(writeName('a\\046b.\\092\\255'), wire);
});

test('what cannot be a name is not written', () => {
  for (const name of ['a..b', '..', `${'a'.repeat(64)}.example`, `${'abc.'.repeat(64)}x`, 'ü\u0100.example', 'a\\'])
    assert.equal(writeName(name), null, name);
  for (const root of ['', '.']) assert.deepEqual(writeName(root), Buffer.from([0]));
  assert.deepEqual(writeName('example.'), writeName('example'));
});

test('any name that is written is read again as it was, in lower case', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(fc.array(label, { maxLength: 8 }), (labels) => {
      const wire = Buffer.concat([
        ...labels.map((octets) => Buffer.from([octets.length, ...octets])),
        Buffer.from([0]),
      ]);
      const read = readName(wire, 0);
      assert.equal(read?.next, wire.length);
      assert.equal(readName(writeName(read?.name ?? '') ?? Buffer.alloc(0), 0)?.name, read?.name);
    }),
  );
});
