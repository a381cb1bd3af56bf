import type { DnsData, DnsRecord } from '../wire/dns/record.ts';

/** How a name misbehaves on purpose. `cut`: no answer fits, over TCP neither. */
export type ZoneFault = (typeof ZONE_FAULTS)[number];
const ZONE_FAULTS = ['servfail', 'refused', 'silent', 'garbage', 'cut'] as const;

/** What a practice DNS server answers. Names are lower case without a trailing dot. */
export interface Zone {
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>;
  readonly faults: ReadonlyMap<string, ZoneFault>;
  /** Names at and below which every answer counts as validated (AD). */
  readonly signed: ReadonlySet<string>;
}

const TTL = 60;
/** Bytes of one string of a TXT record (RFC 1035 §3.3). */
const STRING_MAX = 255;
/** Records that one repeated line may stand for. */
const REPEAT_MAX = 100_000;

/**
 * Reads a zone, one record a line: `name type data`. Names are whole, with or without a trailing dot; `*.name` is a wildcard; `#` begins
 * a note. TXT data may be in quotes and is cut into strings of 255 bytes. Three forms are for practice:
 *
 *     name ! servfail          the name misbehaves: servfail, refused, silent, garbage, cut
 *     name ! signed            answers at and below the name count as validated
 *     name *5000 MX 10 mx%.x   the line counts 5000 times, `%` in its data being 1, 2, 3 …
 *
 * Throws for a line it cannot read: zones are ours.
 */
export function readZone(text: string): Zone {
  const records = new Map<string, DnsRecord[]>();
  const faults = new Map<string, ZoneFault>();
  const signed = new Set<string>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const wrong = (why: string) => new Error(`zone line ${index + 1} ${why}: ${line}`);
    const parts = /^(\S+)\s+(?:\*(\d+)\s+)?(\S+)\s+(.*)$/.exec(line);
    if (parts === null) throw wrong('is no record');
    const [, name = '', times, type = '', data = ''] = parts;
    const owner = canonical(name);
    const fault = ZONE_FAULTS.find((known) => known === data);
    if (type === '!') {
      if (data === 'signed') signed.add(owner);
      else if (fault !== undefined) faults.set(owner, fault);
      else throw wrong('has an unknown fault');
      continue;
    }
    const own = records.get(owner) ?? [];
    records.set(owner, own);
    const count = Math.min(Number(times ?? 1), REPEAT_MAX);
    for (let number = 1; number <= count; number++) {
      const read = readRecordData(type, times === undefined ? data : data.replaceAll('%', String(number)));
      if (read === null) throw wrong('cannot be read');
      own.push({ name: owner, ttl: TTL, ...read });
    }
  }
  return { records, faults, signed };
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

/** Null for a type that zones do not know, or data that lacks a part. */
function readRecordData(type: string, data: string): DnsData | null {
  const words = data.split(/\s+/);
  const [first = '', second = '', third = '', fourth = ''] = words;
  const number = Number(first);
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: data };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return { type, target: canonical(data) };
    case 'MX':
      return second === '' ? null : { type, preference: number, exchange: canonical(second) };
    case 'TXT': {
      const value = /^".*"$/.test(data) ? data.slice(1, -1) : data;
      const count = Math.max(1, Math.ceil(value.length / STRING_MAX));
      const strings = Array.from({ length: count }, (_, at) => value.slice(at * STRING_MAX, (at + 1) * STRING_MAX));
      return { type, text: value, strings };
    }
    case 'SOA':
      return fourth === ''
        ? null
        : {
            type,
            primary: canonical(first),
            mailbox: canonical(second),
            serial: Number(third),
            minimum: Number(fourth),
          };
    case 'SRV':
      return fourth === ''
        ? null
        : { type, priority: number, weight: Number(second), port: Number(third), target: canonical(fourth) };
    case 'TLSA':
      return fourth === ''
        ? null
        : { type, usage: number, selector: Number(second), matching: Number(third), data: fourth };
    case 'CAA':
      return third === '' ? null : { type, flags: number, tag: second, value: third.replaceAll('"', '') };
    default:
      return null;
  }
}
