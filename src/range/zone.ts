import type { DnsData, DnsRecord } from '../wire/dns/record.ts';

/** How a name misbehaves on purpose. */
export type ZoneFault = 'servfail' | 'refused' | 'silent' | 'garbage';

/** What a practice DNS server answers. Names are lower case without a trailing dot. */
export interface Zone {
  readonly records: ReadonlyMap<string, readonly DnsRecord[]>;
  readonly faults: ReadonlyMap<string, ZoneFault>;
}

const TTL = 60;

/**
 * Reads a zone: one record a line as `name type data`, `#` begins a note, and `name ! servfail` (or `refused`, `silent`, `garbage`) makes a
 * name misbehave. TXT data may be in quotes; longer than 255 bytes it is cut into strings. Throws for a line it cannot read: zones are ours.
 */
export function readZone(text: string): Zone {
  const records = new Map<string, DnsRecord[]>();
  const faults = new Map<string, ZoneFault>();
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) continue;
    const parts = /^(\S+)\s+(\S+)\s+(.*)$/.exec(line);
    if (parts === null) throw new Error(`zone line ${index + 1} is no record: ${line}`);
    const [, name = '', type = '', data = ''] = parts;
    const owner = canonical(name);
    if (type === '!') faults.set(owner, data as ZoneFault);
    else
      records.set(owner, [
        ...(records.get(owner) ?? []),
        { name: owner, ttl: TTL, ...readRecordData(type, data, index + 1) },
      ]);
  }
  return { records, faults };
}

function canonical(name: string): string {
  return name.toLowerCase().replace(/\.$/, '');
}

function readRecordData(type: string, data: string, line: number): DnsData {
  const words = data.split(/\s+/);
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, address: data };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return { type, target: canonical(data) };
    case 'MX':
      return { type, preference: Number(words[0]), exchange: canonical(words[1] ?? '') };
    case 'TXT': {
      const value = data.startsWith('"') && data.endsWith('"') ? data.slice(1, -1) : data;
      return { type, text: value, strings: value.match(/[\s\S]{1,255}/g) ?? [''] };
    }
    case 'TLSA':
      return {
        type,
        usage: Number(words[0]),
        selector: Number(words[1]),
        matching: Number(words[2]),
        data: words[3] ?? '',
      };
    case 'CAA':
      return { type, flags: Number(words[0]), tag: words[1] ?? '', value: (words[2] ?? '').replaceAll('"', '') };
    default:
      throw new Error(`zone line ${line} has a type that zones do not know: ${type}`);
  }
}
