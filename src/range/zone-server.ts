import { readName } from '../wire/dns/name.ts';
import type { DnsRecord } from '../wire/dns/record.ts';
import { type DnsQuery, typeOfNumber, writeResponse } from '../wire/dns/response.ts';
import type { Zone } from './zone.ts';

const NOERROR = 0;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const REFUSED = 5;
/** UDP bytes of an asker without EDNS (RFC 1035 §4.2.1), and of a whole answer over TCP. */
const PLAIN_UDP = 512;
const TCP = 65_535;
/** CNAMEs put into one answer; a circle ends here, and the asker must see it. */
const CHAIN = 10;

/** Answers queries from a zone: bytes in, bytes out; null is silence. */
export function createZoneServer(zone: Zone): (query: Uint8Array, transport: 'udp' | 'tcp') => Buffer | null {
  const names = existingNames(zone);
  return (bytes, transport) => {
    const query = readQuery(bytes);
    if (query === null) return null;
    const fault = zone.faults.get(query.name);
    if (fault === 'silent') return null;
    const limit = transport === 'tcp' ? TCP : query.udpSize;
    const empty = { answers: [], authorities: [], authoritative: true };
    if (fault === 'garbage')
      return Buffer.concat([
        writeResponse(query, { ...empty, code: NOERROR }, limit).subarray(0, 6),
        Buffer.from([0xff, 0xff, 0, 0]),
      ]);
    if (fault !== undefined)
      return writeResponse(query, { ...empty, code: fault === 'servfail' ? SERVFAIL : REFUSED }, limit);
    const answers = walk(query, zone);
    const last = answers.at(-1);
    const end = last?.type === 'CNAME' ? last.target : query.name;
    return writeResponse(
      query,
      { ...empty, answers, code: answers.length > 0 || names.has(end) ? NOERROR : NXDOMAIN },
      limit,
    );
  };
}

function walk(query: DnsQuery, zone: Zone): DnsRecord[] {
  const type = typeOfNumber(query.typeNumber);
  const answers: DnsRecord[] = [];
  let name = query.name;
  for (let step = 0; step < CHAIN; step++) {
    const own = zone.records.get(name) ?? [];
    const wanted = own.filter((record) => record.type === type);
    if (wanted.length > 0) return [...answers, ...wanted];
    const alias = own.find((record) => record.type === 'CNAME');
    if (alias?.type !== 'CNAME') return answers;
    answers.push(alias);
    name = alias.target;
  }
  return answers;
}

/** Names with records, and those in between: an empty non-terminal exists (RFC 8020). */
function existingNames({ records, faults }: Zone): ReadonlySet<string> {
  const names = new Set<string>(['']);
  for (const name of [...records.keys(), ...faults.keys()]) {
    for (let rest = name; rest !== ''; rest = rest.includes('.') ? rest.slice(rest.indexOf('.') + 1) : '')
      names.add(rest);
  }
  return names;
}

function readQuery(input: Uint8Array): DnsQuery | null {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length < 17 || bytes.readUInt16BE(4) !== 1) return null;
  const name = readName(bytes, 12);
  if (name === null || name.next + 4 > bytes.length) return null;
  const end = name.next + 4;
  // The only record behind a question that mailward or a resolver sends is OPT, at the root.
  const edns = bytes.readUInt16BE(10) > 0 && bytes.length >= end + 11 && bytes.readUInt16BE(end + 1) === 41;
  return {
    id: bytes.readUInt16BE(0),
    name: name.name,
    typeNumber: bytes.readUInt16BE(name.next),
    flags: bytes.readUInt16BE(2),
    question: bytes.subarray(12, end),
    udpSize: edns ? Math.max(PLAIN_UDP, bytes.readUInt16BE(end + 3)) : PLAIN_UDP,
    edns,
  };
}
