import { UnreachedError } from '../../finding/unreached.ts';
import type { DnsAnswer, DnsFailure } from '../../net/resolver.ts';
import { reverseName } from '../../wire/ip/address.ts';
import type { DomainTarget, Probe, ScanTools } from '../probe.ts';

/** A value that could be asked for, or the reason why it could not. Silence proves nothing. */
export type Asked<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'unknown'; readonly reason: DnsFailure; readonly detail: string };

/** One address of a mail server, and what its PTR says of it. */
export interface MappedAddress {
  readonly address: string;
  /** Names the PTR records give, lower case. */
  readonly ptr: Asked<readonly string[]>;
  /** The first PTR name that resolves to the address again; null if none does. Unknown if that could not be asked. */
  readonly confirmed: Asked<string | null>;
}

export interface MappedServer {
  readonly name: string;
  readonly preference: number | null;
  readonly addresses: readonly string[];
  readonly mapped: readonly MappedAddress[];
  /** The CNAMEs that the name leads through; RFC 2181 §10.3 wants none. */
  readonly aliases: readonly string[];
  /** Why addresses are missing, or may be; null if none is. */
  readonly missing: 'no-such-name' | 'nothing' | { readonly reason: DnsFailure; readonly detail: string } | null;
}

/** Where the mail of a domain goes, as DNS tells it. */
export interface MailMapSeen {
  /** `null-mx`: the domain takes no mail (RFC 7505). `implicit`: no MX, so the domain's own address counts (RFC 5321 §5.1). `none`: neither. */
  readonly kind: 'mx' | 'null-mx' | 'implicit' | 'none';
  /** MX records as they stand, at most `MX_KEPT`. */
  readonly records: readonly { readonly preference: number; readonly exchange: string }[];
  /** How many MX records there are in all. */
  readonly recordCount: number;
  /** How many servers they name in all. */
  readonly serverCount: number;
  /** The answer was validated by the resolver (AD). */
  readonly authenticated: boolean;
  /** Most preferred first; at most `SERVERS_MAPPED`. */
  readonly servers: readonly MappedServer[];
}

/** MX records kept in the dossier, servers whose addresses are asked for, and addresses whose PTR is: a zone must not decide how much we ask. */
export const MX_KEPT = 50;
export const SERVERS_MAPPED = 12;
const ADDRESSES_MAPPED = 8;
const PTR_NAMES = 3;

/** Asks where a domain's mail goes, and who says so. No server is contacted. */
export const mailMap: Probe<'mail-map', DomainTarget, MailMapSeen> = {
  name: 'mail-map',
  connections: 0,
  async look({ domain }, tools) {
    const answer = await ask(domain, 'MX', tools);
    if (answer.status === 'failed') throw new UnreachedError(answer.reason, answer.detail);
    const { authenticated } = answer;
    if (answer.status !== 'found') return implicit(domain, answer.status, authenticated, tools);
    const all = answer.records.flatMap((record) => (record.type === 'MX' ? [record] : []));
    const records = all
      .map(({ preference, exchange }) => ({ preference, exchange }))
      .sort((a, b) => a.preference - b.preference || (a.exchange < b.exchange ? -1 : 1))
      .slice(0, MX_KEPT);
    const serverCount = new Set(all.flatMap(({ exchange }) => (exchange === '' ? [] : [exchange]))).size;
    const base = { records, recordCount: all.length, serverCount, authenticated };
    if (all.every(({ exchange }) => exchange === '')) return { kind: 'null-mx', ...base, servers: [] };
    const names = new Map(
      records
        .filter(({ exchange }) => exchange !== '')
        .map(({ exchange, preference }) => [exchange, preference] as const)
        .reverse(),
    );
    const chosen = [...names]
      .reverse()
      .sort((a, b) => a[1] - b[1])
      .slice(0, SERVERS_MAPPED);
    const servers = await Promise.all(chosen.map(([name, preference]) => mapServer(name, preference, tools)));
    return { kind: 'mx', ...base, servers };
  },
  *missed({ servers }) {
    for (const { name, addresses, missing, mapped } of servers) {
      const part = addresses.length > 0 ? `further addresses of ${name}` : `the address of ${name}`;
      if (missing === 'nothing') yield { part, reason: 'no-address' };
      else if (missing !== null && missing !== 'no-such-name') yield { part, ...missing };
      for (const { address, ptr, confirmed } of mapped) {
        const unknown = ptr.state === 'unknown' ? ptr : confirmed;
        if (unknown.state === 'unknown')
          yield { part: `the reverse name of ${address}`, reason: unknown.reason, detail: unknown.detail };
      }
    }
  },
};

async function implicit(
  domain: string,
  status: 'nothing' | 'no-such-name',
  authenticated: boolean,
  tools: ScanTools,
): Promise<MailMapSeen> {
  const base = { records: [], recordCount: 0, serverCount: 0, authenticated };
  // A name that does not exist has no address either (RFC 8020).
  if (status === 'no-such-name') throw new UnreachedError('no-such-domain', `${domain} does not exist`);
  const server = await mapServer(domain, null, tools);
  if (server.addresses.length > 0) return { kind: 'implicit', ...base, serverCount: 1, servers: [server] };
  if (server.missing !== null && typeof server.missing === 'object')
    throw new UnreachedError(server.missing.reason, server.missing.detail);
  return { kind: 'none', ...base, servers: [] };
}

async function mapServer(name: string, preference: number | null, tools: ScanTools): Promise<MappedServer> {
  const answers = await Promise.all([ask(name, 'A', tools), ask(name, 'AAAA', tools)]);
  const addresses = answers.flatMap(addressesOf);
  const aliases = [...new Set(answers.flatMap((answer) => (answer.status === 'failed' ? [] : answer.chain)))];
  const mapped = await Promise.all(addresses.slice(0, ADDRESSES_MAPPED).map((address) => mapAddress(address, tools)));
  return { name, preference, addresses, mapped, aliases, missing: whyMissing(answers) };
}

function whyMissing(answers: readonly DnsAnswer[]): MappedServer['missing'] {
  const failed = answers.find((answer) => answer.status === 'failed');
  if (failed?.status === 'failed') return { reason: failed.reason, detail: failed.detail };
  if (answers.some(({ status }) => status === 'found')) return null;
  return answers.some(({ status }) => status === 'no-such-name') ? 'no-such-name' : 'nothing';
}

async function mapAddress(address: string, tools: ScanTools): Promise<MappedAddress> {
  const answer = await ask(reverseName(address) ?? '', 'PTR', tools);
  if (answer.status === 'failed') {
    const unknown = { state: 'unknown', reason: answer.reason, detail: answer.detail } as const;
    return { address, ptr: unknown, confirmed: unknown };
  }
  const names =
    answer.status === 'found' ? answer.records.flatMap((record) => (record.type === 'PTR' ? [record.target] : [])) : [];
  return {
    address,
    ptr: { state: 'known', value: names.slice(0, PTR_NAMES) },
    confirmed: await confirm(address, names.slice(0, PTR_NAMES), tools),
  };
}

async function confirm(
  address: string,
  names: readonly string[],
  tools: ScanTools,
): Promise<MappedAddress['confirmed']> {
  let failed: Extract<DnsAnswer, { status: 'failed' }> | undefined;
  for (const name of names) {
    const answer = await ask(name, address.includes(':') ? 'AAAA' : 'A', tools);
    if (addressesOf(answer).includes(address)) return { state: 'known', value: name };
    if (answer.status === 'failed') failed = answer;
  }
  return failed === undefined
    ? { state: 'known', value: null }
    : { state: 'unknown', reason: failed.reason, detail: failed.detail };
}

function addressesOf(answer: DnsAnswer): string[] {
  return answer.status === 'found'
    ? answer.records.flatMap((record) => ('address' in record ? [record.address] : []))
    : [];
}

function ask(name: string, type: 'MX' | 'A' | 'AAAA' | 'PTR', tools: ScanTools): Promise<DnsAnswer> {
  return tools.resolver.query(name, type, tools.signal === undefined ? {} : { signal: tools.signal });
}
