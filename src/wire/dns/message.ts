import { readName, writeName } from './name.ts';
import { readData } from './rdata.ts';
import type { DnsRecord, RecordType } from './record.ts';

/** Type numbers on the wire (IANA DNS parameters). */
export const TYPE_NUMBERS: Readonly<Record<RecordType, number>> = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
  DS: 43,
  RRSIG: 46,
  DNSKEY: 48,
  TLSA: 52,
  CAA: 257,
};
const TYPE_NAMES: ReadonlyMap<number, RecordType> = new Map(
  Object.entries(TYPE_NUMBERS).map(([name, number]) => [number, name as RecordType]),
);

export type ResponseCode = 'NOERROR' | 'FORMERR' | 'SERVFAIL' | 'NXDOMAIN' | 'NOTIMP' | 'REFUSED' | 'OTHER';
const RESPONSE_CODES: readonly ResponseCode[] = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

export interface DnsQuestion {
  readonly name: string;
  readonly type: RecordType;
}

/** A DNS message as far as a stub resolver needs it. Records of types mailward does not ask for are left out. */
export interface DnsMessage {
  readonly id: number;
  readonly isResponse: boolean;
  readonly recursionDesired: boolean;
  readonly truncated: boolean;
  /** AD: the resolver says that it has validated the answer (RFC 4035 §3.2.3). */
  readonly authenticated: boolean;
  readonly code: ResponseCode;
  /** The question as it was echoed, in the sender's own upper and lower case; null if there is not exactly one. */
  readonly question: { readonly name: string; readonly type: RecordType | null; readonly wire: Uint8Array } | null;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Bytes of UDP the sender says it takes (EDNS, RFC 6891); null without EDNS. */
  readonly udpSize: number | null;
}

/** Records read of one section, whatever its header claims. */
const RECORDS_MAX = 20_000;

/** UDP bytes we say we take: small enough never to be fragmented (DNS flag day 2020). */
export const UDP_SIZE = 1_232;

/** A recursive query with EDNS and DO, so that the AD bit means something. Null if `name` cannot be a name. */
export function writeQuery(id: number, { name, type }: DnsQuestion): Buffer | null {
  const qname = writeName(name);
  if (qname === null) return null;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x0120, 2); // RD, and AD: we understand it (RFC 6840 §5.7)
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(1, 10);
  const tail = Buffer.alloc(15);
  tail.writeUInt16BE(TYPE_NUMBERS[type], 0);
  tail.writeUInt16BE(1, 2);
  tail[4] = 0; // OPT: root name, type 41, our size, DO
  tail.writeUInt16BE(41, 5);
  tail.writeUInt16BE(UDP_SIZE, 7);
  tail.writeUInt16BE(0x8000, 11);
  return Buffer.concat([head, qname, tail]);
}

/** Reads a DNS message. Null if its header or a record it counts is cut off or broken; never throws, and allocates by what is there. */
export function readMessage(bytes: Uint8Array): DnsMessage | null {
  if (bytes.length < 12) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.readUInt16BE(2);
  let at = 12;
  let question: DnsMessage['question'] = null;
  const questions = view.readUInt16BE(4);
  for (let index = 0; index < questions; index++) {
    const name = readName(view, at);
    if (name === null || name.next + 4 > view.length) return null;
    const type = TYPE_NAMES.get(view.readUInt16BE(name.next)) ?? null;
    question = questions === 1 ? { name: name.name, type, wire: view.subarray(at, name.next) } : null;
    at = name.next + 4;
  }
  const sections: DnsRecord[][] = [];
  let udpSize: number | null = null;
  for (const offset of [6, 8, 10]) {
    const records: DnsRecord[] = [];
    const count = Math.min(view.readUInt16BE(offset), RECORDS_MAX);
    for (let index = 0; index < count; index++) {
      const name = readName(view, at);
      if (name === null || name.next + 10 > view.length) return null;
      const number = view.readUInt16BE(name.next);
      const start = name.next + 10;
      const end = start + view.readUInt16BE(name.next + 8);
      if (end > view.length) return null;
      if (number === 41) udpSize = view.readUInt16BE(name.next + 2);
      const type = TYPE_NAMES.get(number);
      const inInternet = view.readUInt16BE(name.next + 2) === 1;
      if (type !== undefined && inInternet) {
        const data = readData(type, view, start, end);
        if (data === null) return null;
        records.push({ name: name.name, ttl: view.readUInt32BE(name.next + 4) & 0x7fffffff, ...data });
      }
      at = end;
    }
    sections.push(records);
  }
  return {
    id: view.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    recursionDesired: (flags & 0x0100) !== 0,
    truncated: (flags & 0x0200) !== 0,
    authenticated: (flags & 0x0020) !== 0,
    code: RESPONSE_CODES[flags & 0x0f] ?? 'OTHER',
    question,
    answers: sections[0] ?? [],
    authorities: sections[1] ?? [],
    udpSize,
  };
}
