import { readIpv4, readIpv6 } from '../ip/address.ts';
import { TYPE_NUMBERS } from './message.ts';
import { writeName } from './name.ts';
import type { DnsData, DnsRecord, RecordType } from './record.ts';

/** What an authoritative server answers to one query. */
export interface DnsResponse {
  readonly code: number;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** AA (RFC 1035 §4.1.1). */
  readonly authoritative: boolean;
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

/** The wire form of a response; cut to an empty one with TC set if it is longer than `limit` (RFC 2181 §9). */
export function writeResponse(query: DnsQuery, response: DnsResponse, limit: number): Buffer {
  const whole = write(query, response, false);
  return whole.length <= limit ? whole : write(query, { ...response, answers: [], authorities: [] }, true);
}

function write(query: DnsQuery, { code, answers, authorities, authoritative }: DnsResponse, cut: boolean): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(query.id, 0);
  head.writeUInt16BE(0x8000 | (authoritative ? 0x0400 : 0) | (cut ? 0x0200 : 0) | (query.flags & 0x0100) | code, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(answers.length, 6);
  head.writeUInt16BE(authorities.length, 8);
  head.writeUInt16BE(query.edns ? 1 : 0, 10);
  const opt = query.edns ? [Buffer.from([0, 0, 41, 0x10, 0, 0, 0, 0, 0, 0, 0])] : [];
  return Buffer.concat([head, query.question, ...answers.map(writeRecord), ...authorities.map(writeRecord), ...opt]);
}

function writeRecord(record: DnsRecord): Buffer {
  const data = writeData(record);
  const fixed = Buffer.alloc(10);
  fixed.writeUInt16BE(TYPE_NUMBERS[record.type], 0);
  fixed.writeUInt16BE(1, 2);
  fixed.writeUInt32BE(record.ttl, 4);
  fixed.writeUInt16BE(data.length, 8);
  return Buffer.concat([nameOf(record.name), fixed, data]);
}

function nameOf(name: string): Buffer {
  return writeName(name) ?? Buffer.from([0]);
}

function writeData(data: DnsData): Buffer {
  switch (data.type) {
    case 'A':
      return Buffer.from(readIpv4(data.address) ?? [0, 0, 0, 0]);
    case 'AAAA':
      return Buffer.from(readIpv6(data.address) ?? new Uint8Array(16));
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return nameOf(data.target);
    case 'MX':
      return Buffer.concat([uint16(data.preference), nameOf(data.exchange)]);
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
      return Buffer.concat([nameOf(data.primary), nameOf(data.mailbox), numbers]);
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

/** True for the number of a type that `RecordType` names. */
export function typeOfNumber(number: number): RecordType | null {
  return (Object.keys(TYPE_NUMBERS) as RecordType[]).find((type) => TYPE_NUMBERS[type] === number) ?? null;
}
