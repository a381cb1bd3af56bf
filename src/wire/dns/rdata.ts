import { showIpv6 } from '../ip/address.ts';
import { readName } from './name.ts';
import type { DnsData, RecordType } from './record.ts';

/** Reads the data of a record between two offsets of its message; null if it is broken. */
export function readData(type: RecordType, bytes: Buffer, from: number, to: number): DnsData | null {
  const length = to - from;
  switch (type) {
    case 'A':
      return length === 4 ? { type, address: [...bytes.subarray(from, to)].join('.') } : null;
    case 'AAAA':
      return length === 16 ? { type, address: showIpv6(bytes.subarray(from, to)) } : null;
    case 'NS':
    case 'CNAME':
    case 'PTR': {
      const target = nameIn(bytes, from, to);
      return target === null ? null : { type, target: target.name };
    }
    case 'MX': {
      const exchange = length < 3 ? null : nameIn(bytes, from + 2, to);
      return exchange === null ? null : { type, preference: bytes.readUInt16BE(from), exchange: exchange.name };
    }
    case 'TXT': {
      const strings = readStrings(bytes, from, to);
      return strings === null ? null : { type, text: strings.join(''), strings };
    }
    case 'SRV': {
      const target = length < 7 ? null : nameIn(bytes, from + 6, to);
      if (target === null) return null;
      const [priority, weight, port] = [0, 2, 4].map((offset) => bytes.readUInt16BE(from + offset)) as [
        number,
        number,
        number,
      ];
      return { type, priority, weight, port, target: target.name };
    }
    case 'TLSA': {
      if (length < 4) return null;
      const [usage, selector, matching] = bytes.subarray(from, from + 3) as unknown as [number, number, number];
      return { type, usage, selector, matching, data: bytes.toString('hex', from + 3, to) };
    }
    case 'CAA': {
      const tagLength = bytes[from + 1] ?? 0;
      if (length < 2 + tagLength || tagLength === 0) return null;
      const tag = bytes.toString('latin1', from + 2, from + 2 + tagLength).toLowerCase();
      return { type, flags: bytes[from] as number, tag, value: bytes.toString('latin1', from + 2 + tagLength, to) };
    }
    case 'SOA': {
      const primary = nameIn(bytes, from, to);
      const mailbox = primary === null ? null : nameIn(bytes, primary.next, to);
      if (primary === null || mailbox === null || mailbox.next + 20 > to) return null;
      const [serial, minimum] = [bytes.readUInt32BE(mailbox.next), bytes.readUInt32BE(mailbox.next + 16)];
      return { type, primary: primary.name, mailbox: mailbox.name, serial, minimum };
    }
    default:
      return { type, rdata: bytes.toString('hex', from, to) };
  }
}

/** A name that ends inside the record it belongs to; it may point anywhere in front. */
function nameIn(bytes: Buffer, from: number, to: number) {
  const name = readName(bytes, from);
  return name === null || name.next > to ? null : name;
}

function readStrings(bytes: Buffer, from: number, to: number): string[] | null {
  const strings: string[] = [];
  for (let at = from; at < to; ) {
    const end = at + 1 + (bytes[at] as number);
    if (end > to) return null;
    strings.push(bytes.toString('latin1', at + 1, end));
    at = end;
  }
  return strings;
}
