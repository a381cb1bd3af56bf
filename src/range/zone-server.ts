import { readName } from '../wire/dns/name.ts';
import type { DnsRecord } from '../wire/dns/record.ts';
import { type DnsQuery, type DnsResponse, typeOfNumber, writeResponse } from '../wire/dns/response.ts';
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

/** Answers queries from a zone, which is the whole world to it: bytes in, bytes out; null is silence. */
export function createZoneServer(zone: Zone): (query: Uint8Array, transport: 'udp' | 'tcp') => Buffer | null {
  const names = existingNames(zone);
  return (bytes, transport) => {
    const query = readQuery(bytes);
    if (query === null) return null;
    const limit = transport === 'tcp' ? TCP : query.udpSize;
    const respond = (response: Partial<DnsResponse> & { readonly code: number }, room = limit): Buffer =>
      writeResponse(
        query,
        { answers: [], authorities: [], authoritative: true, authenticated: false, ...response },
        room,
      );
    switch (zone.faults.get(query.name)) {
      case 'silent':
        return null;
      case 'garbage':
        return Buffer.concat([respond({ code: NOERROR }).subarray(0, 6), Buffer.from([0xff, 0xff, 0, 0])]);
      case 'cut':
        return respond({ code: NOERROR }, 0);
      case 'servfail':
        return respond({ code: SERVFAIL });
      case 'refused':
        return respond({ code: REFUSED });
    }
    const authenticated = suffixes(query.name).some((name) => zone.signed.has(name));
    const answers = walk(query, zone, names);
    const last = answers.at(-1);
    const end = last?.type === 'CNAME' ? last.target : query.name;
    const code = answers.some(({ type }) => type !== 'CNAME') || exists(end, zone, names) ? NOERROR : NXDOMAIN;
    const authorities = last === undefined || last.type === 'CNAME' ? authority(end, zone) : [];
    return respond({ code, answers, authorities, authenticated });
  };
}

function walk(query: DnsQuery, zone: Zone, names: ReadonlySet<string>): DnsRecord[] {
  const type = typeOfNumber(query.typeNumber);
  const answers: DnsRecord[] = [];
  let name = query.name;
  for (let step = 0; step < CHAIN; step++) {
    const own = recordsOf(name, zone, names);
    const wanted = own.filter((record) => record.type === type);
    if (wanted.length > 0) return [...answers, ...wanted];
    const alias = own.find((record) => record.type === 'CNAME');
    if (alias?.type !== 'CNAME') return answers;
    answers.push(alias);
    name = alias.target;
  }
  return answers;
}

/** The records of a name; if it does not exist, those of the nearest wildcard above it (RFC 4592 §3.3.1). */
function recordsOf(name: string, { records }: Zone, names: ReadonlySet<string>): readonly DnsRecord[] {
  if (names.has(name)) return records.get(name) ?? [];
  const nearest = suffixes(name).find((above) => names.has(above)) ?? '';
  return (records.get(nearest === '' ? '*' : `*.${nearest}`) ?? []).map((record) => ({ ...record, name }));
}

function exists(name: string, zone: Zone, names: ReadonlySet<string>): boolean {
  return names.has(name) || recordsOf(name, zone, names).length > 0;
}

/** The SOA that says for how long an absence counts (RFC 2308 §3). */
function authority(name: string, { records }: Zone): readonly DnsRecord[] {
  for (const above of suffixes(name)) {
    const soa = records.get(above)?.find(({ type }) => type === 'SOA');
    if (soa !== undefined) return [soa];
  }
  return [];
}

/** A name and all above it, the root last. */
function suffixes(name: string): string[] {
  const labels = name === '' ? [] : name.split('.');
  return [...labels.map((_, at) => labels.slice(at).join('.')), ''];
}

/** Names with records or faults, and those in between: an empty non-terminal exists (RFC 8020). */
function existingNames({ records, faults }: Zone): ReadonlySet<string> {
  return new Set(['', ...[...records.keys(), ...faults.keys()].flatMap(suffixes)]);
}

function readQuery(input: Uint8Array): DnsQuery | null {
  const bytes = Buffer.from(input.buffer, input.byteOffset, input.byteLength);
  if (bytes.length < 17 || bytes.readUInt16BE(4) !== 1 || (bytes[2] as number) >= 0x80) return null;
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
