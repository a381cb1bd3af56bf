import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { showIpv6 } from '../ip/address.ts';
import { PROXY_V1_MAX, PROXY_V2_MAX, readProxyHeader } from './header.ts';

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const SIGNATURE = latin1('\r\n\r\n\0\r\nQUIT\n');
const v2 = (command: number, family: number, rest: Buffer) =>
  Buffer.concat([SIGNATURE, Buffer.from([0x20 | command, family, rest.length >> 8, rest.length & 255]), rest]);
/** 192.0.2.7:4000 to 198.51.100.1:25. */
const FOUR = Buffer.from([192, 0, 2, 7, 198, 51, 100, 1, 0x0f, 0xa0, 0, 25]);
const ENDS = { from: { address: '192.0.2.7', port: 4000 }, to: { address: '198.51.100.1', port: 25 } };

test('version 1 tells who is there', () => {
  const line = latin1('PROXY TCP4 192.0.2.7 198.51.100.1 4000 25\r\nEHLO a\r\n');
  assert.deepEqual(readProxyHeader(line), { kind: 'header', length: line.length - 8, ends: ENDS });
  const six = readProxyHeader(latin1('PROXY TCP6 2001:DB8:0::7 ::1 1 65535\r\n'));
  assert.deepEqual(six.kind === 'header' && six.ends?.from, { address: '2001:db8::7', port: 1 });
  const mapped = readProxyHeader(latin1('PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n'));
  assert.equal(mapped.kind === 'header' && mapped.ends?.from.address, '192.0.2.7');
  assert.deepEqual(readProxyHeader(latin1('PROXY UNKNOWN anything at all\r\n')), {
    kind: 'header',
    length: 31,
    ends: null,
  });
});

test('version 2 tells who is there, with or without additions', () => {
  assert.deepEqual(readProxyHeader(v2(1, 0x11, FOUR)), { kind: 'header', length: 28, ends: ENDS });
  const additions = Buffer.concat([FOUR, Buffer.from([0x20, 0, 5, 1, 0, 0, 0, 0, 0x04, 0, 3, 1, 2, 3])]);
  assert.deepEqual(readProxyHeader(v2(1, 0x11, additions)), { kind: 'header', length: 42, ends: ENDS });
  const six = Buffer.alloc(36);
  six[15] = 1;
  six[33] = 9;
  const read = readProxyHeader(v2(1, 0x21, six));
  assert.deepEqual(read.kind === 'header' && read.ends?.from, { address: '::1', port: 9 });
  for (const [what, bytes] of [
    ['LOCAL', v2(0, 0x11, FOUR)],
    ['LOCAL, empty', v2(0, 0, Buffer.alloc(0))],
    ['no family', v2(1, 0, FOUR)],
    ['a Unix socket', v2(1, 0x31, Buffer.alloc(216))],
    ['UDP', v2(1, 0x12, FOUR)],
  ] as const)
    assert.deepEqual(readProxyHeader(bytes), { kind: 'header', length: bytes.length, ends: null }, what);
});

test('what is no header, or says what cannot be, is a fault', () => {
  const faults: readonly (readonly [string, Buffer | string])[] = [
    ['no-header', 'EHLO a\r\n'],
    ['no-header', 'proxy TCP4 192.0.2.7 198.51.100.1 1 2\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 4000 25\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7  198.51.100.1 4000 25\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 4000\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 4000 25 x\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.07 198.51.100.1 4000 25\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 04000 25\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 65536 25\r\n'],
    ['malformed', 'PROXY TCP4 192.0.2.7 198.51.100.1 -1 25\r\n'],
    ['malformed', 'PROXY TCP4 ::1 ::1 1 2\r\n'],
    ['malformed', 'PROXY TCP6 192.0.2.7 198.51.100.1 1 2\r\n'],
    ['malformed', 'PROXY UDP4 192.0.2.7 198.51.100.1 1 2\r\n'],
    ['too-long', `PROXY UNKNOWN ${'x'.repeat(200)}`],
    ['version', Buffer.concat([SIGNATURE, Buffer.from([0x11, 0x11, 0, 12]), FOUR])],
    ['command', v2(2, 0x11, FOUR)],
    ['family', v2(1, 0x41, FOUR)],
    ['family', v2(1, 0x13, FOUR)],
    ['too-short', v2(1, 0x11, FOUR.subarray(0, 11))],
    ['too-short', v2(1, 0x21, FOUR)],
    ['too-long', v2(1, 0x11, Buffer.alloc(PROXY_V2_MAX - 15))],
    ['too-long', Buffer.concat([SIGNATURE, Buffer.from([0x21, 0x11, 0xff, 0xff])])],
  ];
  for (const [fault, bytes] of faults)
    assert.deepEqual(
      readProxyHeader(typeof bytes === 'string' ? latin1(bytes) : bytes),
      { kind: 'fault', fault },
      String(bytes),
    );
});

test('the longest there may be is read, and one byte more is not waited for', () => {
  const longest = `PROXY UNKNOWN ${'x'.repeat(PROXY_V1_MAX - 16)}\r\n`;
  assert.equal(longest.length, PROXY_V1_MAX);
  assert.equal(readProxyHeader(latin1(longest)).kind, 'header');
  assert.deepEqual(readProxyHeader(latin1('PROXY UNKNOWN '.padEnd(PROXY_V1_MAX, 'x'))), {
    kind: 'fault',
    fault: 'too-long',
  });
  const most = v2(1, 0x11, Buffer.concat([FOUR, Buffer.alloc(PROXY_V2_MAX - 28)]));
  assert.deepEqual(readProxyHeader(most), { kind: 'header', length: PROXY_V2_MAX, ends: ENDS });
});

test('what a proxy writes is read as it was, cut anywhere it wants more, and nothing behind it counts', () => {
  const port = fc.integer({ min: 0, max: 65_535 });
  const four = fc.uint8Array({ minLength: 4, maxLength: 4 }).map((bytes) => bytes.join('.'));
  const header = fc.oneof(
    fc.tuple(four, four, port, port).map(([a, b, p, q]) => {
      const ends = { from: { address: a, port: p }, to: { address: b, port: q } };
      return { ends, bytes: latin1(`PROXY TCP4 ${a} ${b} ${p} ${q}\r\n`) };
    }),
    fc
      .tuple(fc.uint8Array({ minLength: 32, maxLength: 32 }), port, port, fc.uint8Array({ maxLength: 400 }))
      .map(([ip, p, q, more]) => {
        const rest = Buffer.concat([ip, Buffer.from([p >> 8, p & 255, q >> 8, q & 255]), more]);
        // Not one that is IPv4 in disguise.
        rest[0] = rest[16] = 0x20;
        const at = (from: number) => showIpv6(rest.subarray(from, from + 16));
        return {
          ends: { from: { address: at(0), port: p }, to: { address: at(16), port: q } },
          bytes: v2(1, 0x21, rest),
        };
      }),
  );
  fc.assert(
    fc.property(header, fc.uint8Array({ maxLength: 40 }), fc.nat(), ({ ends, bytes }, behind, cut) => {
      const read = readProxyHeader(Buffer.concat([bytes, behind]));
      assert.deepEqual(read, { kind: 'header', length: bytes.length, ends });
      assert.equal(readProxyHeader(bytes.subarray(0, cut % bytes.length)).kind, 'more');
    }),
  );
});
