import { readIpv4, readIpv6 } from '../ip/address.ts';
import { TYPE_NUMBERS } from './message.ts';
import { writeName } from './name.ts';
import type { DnsData, DnsRecord, RecordType } from './record.ts';

/** What a server answers to one query. */
export interface DnsResponse {
  readonly code: number;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** AA (RFC 1035 §4.1.1). */
  readonly authoritative: boolean;
  /** AD, which only a validating resolver may set. */
  readonly authenticated: boolean;
}

/** A query as a server reads it. */
export interface DnsQuery {
  readonly id: number;
  /** Lower case. */
  readonly name: string;
  readonly typeNumber: number;
  /** Header flags as sent. */
  readonly flags: number;
  /** The question section as sent: it is echoed letter for letter. */
  readonly question: Buffer;
  /** Bytes of UDP the asker takes. */
  readonly udpSize: number;
  readonly edns: boolean;
}

/** Where the question's name stands in every message: right behind the header. */
const QUESTION_POINTER = Buffer.from([0xc0, 12]);

/** The wire form of a response; cut to an empty one with TC set if it is longer than `limit` (RFC 2181 §9). */
export function writeResponse(query: DnsQuery, response: DnsResponse, limit: number): Buffer {
  const whole = write(query, response, false);
  return whole.length <= limit ? whole : write(query, { ...response, answers: [], authorities: [] }, true);
}

function write(query: DnsQuery, response: DnsResponse, cut: boolean): Buffer {
  const { code, answers, authorities, authoritative, authenticated } = response;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(query.id, 0);
  const flags =
    0x8000 | (authoritative ? 0x0400 : 0) | (cut ? 0x0200 : 0) | (authenticated ? 0x0020 : 0) | (query.flags & 0x0100);
  head.writeUInt16BE(flags | code, 2);
  head.writeUInt16BE(1, 4);
  // More than the count can say is more than fits: it is cut whatever the count.
  head.writeUInt16BE(Math.min(answers.length, 0xffff), 6);
  head.writeUInt16BE(Math.min(authorities.length, 0xffff), 8);
  head.writeUInt16BE(query.edns ? 1 : 0, 10);
  const opt = query.edns ? [Buffer.from([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0])] : [];
  const records = [...answers, ...authorities].map((record) => writeRecord(record, query.name));
  return Buffer.concat([head, query.question, ...records, ...opt]);
}

function writeRecord(record: DnsRecord, asked: string): Buffer {
  const data = writeData(record, asked);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPE_NUMBERS[record.type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(record.ttl, 4);
  fixed.writeUInt16BE(Math.min(data.length, 0xffff), 8); // longer ones do not fit either, and are cut
  return Buffer.concat([compressed(record.name, asked), fixed, data]);
}

/** A name, with a pointer to the question's where it ends in that: enough to fit thousands of records into a message. */
function compressed(name: string, asked: string): Buffer {
  if (asked !== '' && name === asked) return QUESTION_POINTER;
  const head = asked !== '' && name.endsWith(`.${asked}`) ? writeName(name.slice(0, -asked.length - 1)) : null;
  return head === null ? nameOf(name) : Buffer.concat([head.subarray(0, -1), QUESTION_POINTER]);
}

function nameOf(name: string): Buffer {
  return writeName(name) ?? Buffer.from([0]);
}

function writeData(data: DnsData, asked: string): Buffer {
  switch (data.type) {
    case 'A':
      return Buffer.from(readIpv4(data.address) ?? [0, 0, 0, 0]);
    case 'AAAA':
      return Buffer.from(readIpv6(data.address) ?? new Uint8Array(16));
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return compressed(data.target, asked);
    case 'MX':
      return Buffer.concat([uint16(data.preference), compressed(data.exchange, asked)]);
    case 'TXT':
      return Buffer.concat(
        data.strings.flatMap((text) => [Buffer.from([text.length & 0xff]), Buffer.from(text.slice(0, 255), 'latin1')]),
      );
    case 'SRV':
      return Buffer.concat([uint16(data.priority), uint16(data.weight), uint16(data.port), nameOf(data.target)]);
    case 'TLSA':
      return Buffer.concat([Buffer.from([data.usage, data.selector, data.matching]), Buffer.from(data.data, 'hex')]);
    case 'CAA':
      return Buffer.concat([Buffer.from([data.flags, data.tag.length]), Buffer.from(data.tag + data.value, 'latin1')]);
    case 'SOA': {
      const numbers = Buffer.alloc(20);
      numbers.writeUInt32BE(data.serial, 0);
      numbers.writeUInt32BE(data.minimum, 16);
      return Buffer.concat([compressed(data.primary, asked), compressed(data.mailbox, asked), numbers]);
    }
    default:
      return Buffer.from(data.rdata, 'hex');
  }
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const NAMES_BY_NUMBER: ReadonlyMap<number, RecordType> = new Map(
  Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name as RecordType]),
);

/** The record type with that number; null if `RecordType` does not name it. */
export function typeOfNumber(number: number): RecordType | null {
  return NAMES_BY_NUMBER.get(number) ?? null;
}
