import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readMessage, writeQuery } from './message.ts';
import type { DnsRecord } from './record.ts';
import { type DnsQuery, type DnsResponse, typeOfNumber, writeResponse } from './response.ts';

const NAME = 'example.com';

function query(type: Parameters<typeof writeQuery>[1]['type'] = 'MX'): DnsQuery {
  const wire = writeQuery(7, { name: NAME, type }) as Buffer;
  const typeNumber = wire.readUInt16BE(wire.length - 15);
  return {
    id: 7,
    name: NAME,
    typeNumber,
    flags: 0x0100,
    question: wire.subarray(12, wire.length - 11),
    udpSize: 1232,
    edns: true,
  };
}

function response(parts: Partial<DnsResponse>, limit = 65_535): Buffer {
  const empty = { code: 0, answers: [], authorities: [], authoritative: true, authenticated: false };
  return writeResponse(query(), { ...empty, ...parts }, limit);
}

test('a query asks for recursion, with EDNS and DO, in bytes that RFC 1035 and RFC 6891 prescribe', () => {
  assert.equal(
    writeQuery(0x1234, { name: 'mx.example', type: 'AAAA' })?.toString('hex'),
    '1234' +
      '0120' +
      '0001000000000001' +
      '026d78' +
      '076578616d706c65' +
      '00' +
      '001c0001' +
      '00' +
      '002904d000008000' +
      '0000',
  );
  assert.equal(
    writeQuery(1, { name: 'a', type: 'A' }, false)?.toString('hex'),
    '0001' + '0120' + '0001000000000000' + '0161' + '00' + '00010001',
  );
  assert.equal(writeQuery(1, { name: 'a..b', type: 'A' }), null);
});

const own = { name: NAME, ttl: 300 };
const RECORDS: readonly DnsRecord[] = [
  { ...own, type: 'A', address: '192.0.2.1' },
  { ...own, type: 'AAAA', address: '2001:db8::1' },
  { ...own, type: 'MX', preference: 10, exchange: 'mx.example.com' },
  { ...own, type: 'MX', preference: 0, exchange: '' },
  { ...own, type: 'CNAME', target: 'elsewhere.example' },
  { name: '1.2.0.192.in-addr.arpa', ttl: 60, type: 'PTR', target: 'mx.example.com' },
  { ...own, type: 'TXT', text: 'v=spf1 -all', strings: ['v=spf1 ', '-all'] },
  { ...own, type: 'TXT', text: '', strings: [''] },
  { ...own, type: 'SRV', priority: 1, weight: 2, port: 587, target: 'mail.example.com' },
  { ...own, type: 'TLSA', usage: 3, selector: 1, matching: 1, data: 'ab'.repeat(32) },
  { ...own, type: 'CAA', flags: 128, tag: 'issue', value: 'ca.example' },
  { ...own, type: 'SOA', primary: 'ns.example.com', mailbox: 'root.example.com', serial: 9, minimum: 60 },
  { ...own, type: 'DNSKEY', rdata: '01010308' },
];

test('every record type is read as it was written', () => {
  const message = readMessage(response({ answers: RECORDS, authorities: RECORDS.slice(0, 2), authenticated: true }));
  assert.deepEqual(message?.answers, RECORDS);
  assert.deepEqual(message?.authorities, RECORDS.slice(0, 2));
  assert.deepEqual(
    [message?.authoritative, message?.authenticated, message?.truncated, message?.code, message?.udpSize],
    [true, true, false, 'NOERROR', 4096],
  );
});

test('a record that breaks off makes the whole message unreadable, for what is missing may be what counts', () => {
  const whole = response({ answers: RECORDS });
  for (let length = 0; length < whole.length; length++)
    assert.equal(readMessage(whole.subarray(0, length)), null, `${length} bytes`);
});

test('with TC set, the records in front of the cut are read', () => {
  const whole = response({ answers: RECORDS });
  whole.writeUInt16BE(whole.readUInt16BE(2) | 0x0200, 2);
  const message = readMessage(whole.subarray(0, whole.length - 12));
  assert.equal(message?.truncated, true);
  assert.deepEqual(message?.answers, RECORDS.slice(0, -1));
});

test('broken record data is not guessed at', () => {
  const broken: readonly (readonly [string, DnsRecord])[] = [
    ['an A of three bytes', { ...own, type: 'DNSKEY', rdata: 'c00002' }],
    ['a TXT string longer than its record', { ...own, type: 'DNSKEY', rdata: '0561' }],
  ];
  for (const [what, record] of broken) {
    const wire = response({ answers: [record] });
    const at = wire.indexOf(Buffer.from([0xc0, 12, 0, 48]));
    wire.writeUInt16BE(what.includes('TXT') ? 16 : 1, at + 2);
    assert.equal(readMessage(wire), null, what);
  }
});

test('records of another class or type are left out, and do not hide the others', () => {
  const wire = response({ answers: RECORDS.slice(0, 3) });
  const first = wire.indexOf(Buffer.from([0xc0, 12, 0, 1]));
  wire.writeUInt16BE(3, first + 4); // CHAOS
  assert.deepEqual(readMessage(wire)?.answers, RECORDS.slice(1, 3));
  assert.equal(typeOfNumber(65_000), null);
});

test('a resolver says why it has no answer (RFC 8914)', () => {
  const wire = response({ code: 2 });
  const words = Buffer.from('signature crypto failed');
  const option = Buffer.alloc(6);
  option.writeUInt16BE(15, 0);
  option.writeUInt16BE(2 + words.length, 2);
  option.writeUInt16BE(6, 4);
  const padding = Buffer.from([0, 12, 0, 1, 0]);
  const options = Buffer.concat([padding, option, words]);
  wire.writeUInt16BE(options.length, wire.length - 2);
  const message = readMessage(Buffer.concat([wire, options]));
  assert.equal(message?.code, 'SERVFAIL');
  assert.deepEqual(message?.extendedError, { code: 6, meaning: 'DNSSEC bogus', text: 'signature crypto failed' });
});

test('lifetimes above 2^31 count as none (RFC 2181 §8)', () => {
  const message = readMessage(response({ answers: [{ ...own, ttl: 0xffffffff, type: 'A', address: '192.0.2.1' }] }));
  assert.equal(message?.answers[0]?.ttl, 0);
});

test('three thousand MX records fit, are read, and take no long time', () => {
  const answers = Array.from(
    { length: 3_000 },
    (_, at): DnsRecord => ({ ...own, type: 'MX', preference: at, exchange: `m${at}.${NAME}` }),
  );
  const wire = response({ answers });
  assert.equal(readMessage(wire)?.truncated, false);
  assert.deepEqual(readMessage(wire)?.answers, answers);
});

test('an answer that does not fit is cut, with TC', () => {
  const message = readMessage(response({ answers: RECORDS }, 100));
  assert.deepEqual([message?.truncated, message?.answers], [true, []]);
});

test('no bytes make it throw', () => {
  const whole = response({ answers: RECORDS });
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 6 }), (changes) => {
      const wire = Buffer.from(whole);
      for (const [at, byte] of changes) wire[at] = byte;
      readMessage(wire);
    }),
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (wire) => void readMessage(wire)));
});
