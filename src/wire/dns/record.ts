/** Record types that mailward asks for. */
export type RecordType =
  | 'A'
  | 'NS'
  | 'CNAME'
  | 'SOA'
  | 'PTR'
  | 'MX'
  | 'TXT'
  | 'AAAA'
  | 'SRV'
  | 'DS'
  | 'RRSIG'
  | 'DNSKEY'
  | 'TLSA'
  | 'CAA';

/** One resource record, decoded. Names are lower case without a trailing dot; the root is the empty string. */
export type DnsRecord = { readonly name: string; readonly ttl: number } & DnsData;

export type DnsData =
  | { readonly type: 'A' | 'AAAA'; readonly address: string }
  | { readonly type: 'NS' | 'CNAME' | 'PTR'; readonly target: string }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  /** One character a byte (latin1), the strings of one record joined (RFC 7208 §3.3); `strings` keeps them apart. */
  | { readonly type: 'TXT'; readonly text: string; readonly strings: readonly string[] }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | {
      readonly type: 'TLSA';
      readonly usage: number;
      readonly selector: number;
      readonly matching: number;
      readonly data: string;
    }
  | { readonly type: 'CAA'; readonly flags: number; readonly tag: string; readonly value: string }
  | {
      readonly type: 'SOA';
      readonly primary: string;
      readonly mailbox: string;
      readonly serial: number;
      readonly minimum: number;
    }
  | { readonly type: 'DS' | 'RRSIG' | 'DNSKEY'; readonly rdata: string };
