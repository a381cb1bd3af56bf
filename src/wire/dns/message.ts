import { type ExtendedError, readExtendedError } from './extended-error.ts';
import { type KnownNames, readName, writeName } from './name.ts';
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
const OPT = 41;
const INTERNET = 1;

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
  /** AA: a server of the zone itself speaks. */
  readonly authoritative: boolean;
  /** TC: there is more than fitted. Records may then be cut off in the middle; those in front of the cut are here. */
  readonly truncated: boolean;
  readonly recursionDesired: boolean;
  /** RA: the server asks others for us. */
  readonly recursionAvailable: boolean;
  /** AD: the resolver says that it has validated the answer (RFC 4035 §3.2.3). */
  readonly authenticated: boolean;
  readonly code: ResponseCode;
  /** The question as it was echoed, in the sender's own upper and lower case; null if there is not exactly one. */
  readonly question: { readonly name: string; readonly type: RecordType | null; readonly wire: Uint8Array } | null;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
  /** Bytes of UDP the sender says it takes (EDNS, RFC 6891); null without EDNS. */
  readonly udpSize: number | null;
  /** Why there is no answer, in the resolver's own words (RFC 8914); null if it does not say. */
  readonly extendedError: ExtendedError | null;
}

/** Records read of one section, whatever its header claims. */
const RECORDS_MAX = 20_000;

/** UDP bytes we say we take: small enough never to be fragmented (DNS flag day 2020). */
export const UDP_SIZE = 1_232;

/** A recursive query, with EDNS and DO so that the AD bit means something. Null if `name` cannot be a name. */
export function writeQuery(id: number, { name, type }: DnsQuestion, edns = true): Buffer | null {
  const qname = writeName(name);
  if (qname === null) return null;
  const head = Buffer.alloc(12);
  head.writeUInt16BE(id, 0);
  head.writeUInt16BE(0x0120, 2); // RD, and AD: we understand it (RFC 6840 §5.7)
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(edns ? 1 : 0, 10);
  const question = Buffer.alloc(4);
  question.writeUInt16BE(TYPE_NUMBERS[type], 0);
  question.writeUInt16BE(INTERNET, 2);
  if (!edns) return Buffer.concat([head, qname, question]);
  const opt = Buffer.alloc(11); // root name, type 41, our size, DO
  opt.writeUInt16BE(OPT, 1);
  opt.writeUInt16BE(UDP_SIZE, 3);
  opt.writeUInt16BE(0x8000, 7);
  return Buffer.concat([head, qname, question, opt]);
}

/**
 * Reads a DNS message. Null if its header, its question or a record it counts is cut off or broken, unless TC announces the cut; never
 * throws, and allocates by what is there.
 */
export function readMessage(bytes: Uint8Array): DnsMessage | null {
  if (bytes.length < 12) return null;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const flags = view.readUInt16BE(2);
  const truncated = (flags & 0x0200) !== 0;
  const head = readQuestions(view);
  if (head === null) return null;
  const sections = readSections(view, head.next);
  if (!sections.whole && !truncated) return null;
  return {
    id: view.readUInt16BE(0),
    isResponse: (flags & 0x8000) !== 0,
    authoritative: (flags & 0x0400) !== 0,
    truncated,
    recursionDesired: (flags & 0x0100) !== 0,
    recursionAvailable: (flags & 0x0080) !== 0,
    authenticated: (flags & 0x0020) !== 0,
    code: sections.extendedCode ? 'OTHER' : (RESPONSE_CODES[flags & 0x0f] ?? 'OTHER'),
    question: head.question,
    answers: sections.records[0],
    authorities: sections.records[1],
    udpSize: sections.udpSize,
    extendedError: sections.extendedError,
  };
}

function readQuestions(view: Buffer): { readonly question: DnsMessage['question']; readonly next: number } | null {
  let at = 12;
  let question: DnsMessage['question'] = null;
  const count = view.readUInt16BE(4);
  for (let index = 0; index < count; index++) {
    const name = readName(view, at);
    if (name === null || name.next + 4 > view.length) return null;
    const type = TYPE_NAMES.get(view.readUInt16BE(name.next)) ?? null;
    question = count === 1 ? { name: name.name, type, wire: view.subarray(at, name.next) } : null;
    at = name.next + 4;
  }
  return { question, next: at };
}

interface Sections {
  /** Answers, authorities, additional records. */
  readonly records: readonly [DnsRecord[], DnsRecord[], DnsRecord[]];
  udpSize: number | null;
  extendedError: ExtendedError | null;
  /** The upper bits of the response code, in OPT, are not zero (RFC 6891 §6.1.3). */
  extendedCode: boolean;
  /** Every record that the header counts is there. */
  whole: boolean;
}

function readSections(view: Buffer, from: number): Sections {
  const sections: Sections = {
    records: [[], [], []],
    udpSize: null,
    extendedError: null,
    extendedCode: false,
    whole: false,
  };
  const names: KnownNames = new Map();
  let at = from;
  for (const [index, records] of sections.records.entries()) {
    const count = Math.min(view.readUInt16BE(6 + 2 * index), RECORDS_MAX);
    for (let record = 0; record < count; record++) {
      const owner = readName(view, at, names);
      if (owner === null || owner.next + 10 > view.length) return sections;
      const number = view.readUInt16BE(owner.next);
      const start = owner.next + 10;
      const end = start + view.readUInt16BE(owner.next + 8);
      if (end > view.length) return sections;
      const type = TYPE_NAMES.get(number);
      if (number === OPT) {
        sections.udpSize = view.readUInt16BE(owner.next + 2);
        sections.extendedCode = view[owner.next + 4] !== 0;
        sections.extendedError ??= readExtendedError(view.subarray(start, end));
      } else if (type !== undefined && view.readUInt16BE(owner.next + 2) === INTERNET) {
        const data = readData(type, view, start, end);
        if (data === null) return sections;
        records.push({ name: owner.name, ttl: readTtl(view.readUInt32BE(owner.next + 4)), ...data });
      }
      at = end;
    }
  }
  sections.whole = true;
  return sections;
}

/** RFC 2181 §8: a lifetime with the highest bit set counts as zero. */
function readTtl(value: number): number {
  return value > 0x7fffffff ? 0 : value;
}
