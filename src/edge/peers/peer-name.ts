import type { Clock } from '../../net/clock.ts';
import type { Resolver } from '../../net/resolver.ts';
import type { Counters } from '../../store/counters.ts';
import type { DnsRecord } from '../../wire/dns/record.ts';
import { isInside, reverseName } from '../../wire/ip/address.ts';
import { addressBytes } from '../../wire/ip/networks.ts';

/**
 * What DNS says of an address: a name that leads back to it, names that do not, none, or nothing that could be found out. A name alone
 * proves nothing: whoever holds the address may write any.
 */
export type PeerName =
  | { readonly kind: 'confirmed'; readonly name: string }
  | { readonly kind: 'unconfirmed'; readonly name: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown' };

/** An answer of DNS is believed for this long, a failure for a shorter time. Milliseconds. */
const BELIEVED = 3_600_000;
const FAILURE = 60_000;
/** All questions about one address. Milliseconds. */
const PATIENCE = 3_000;
/** Names of one address that are followed. */
const NAMES_MAX = 5;

export interface NameTools {
  readonly resolver: Resolver;
  readonly counters: Counters;
  readonly clock: Clock;
}

/** Looks an address up, and its name back; remembers the answer. At once where it is remembered. */
export function peerName(address: string, tools: NameTools): PeerName | Promise<PeerName> {
  const { counters, clock } = tools;
  const kept = rememberedName(counters, address, clock.now());
  if (kept !== null) return kept;
  const reverse = reverseName(address);
  if (reverse === null || isInside(address)) return { kind: 'unknown' };
  return lookUp(address, reverse, tools.resolver).then((found) => {
    const text = 'name' in found ? `${found.kind} ${found.name}` : found.kind;
    counters.set(`name:${address}`, text, clock.now() + (found.kind === 'unknown' ? FAILURE : BELIEVED));
    return found;
  });
}

/** What was found out before; null if nothing was. */
export function rememberedName(counters: Counters, address: string, now: number): PeerName | null {
  const kept = counters.get(`name:${address}`, now);
  if (kept === undefined) return null;
  const [kind, name = ''] = kept.split(' ');
  return (name === '' ? { kind } : { kind, name }) as PeerName;
}

async function lookUp(address: string, reverse: string, resolver: Resolver): Promise<PeerName> {
  const signal = AbortSignal.timeout(PATIENCE);
  const answer = await resolver.query(reverse, 'PTR', { signal });
  if (answer.status === 'failed') return { kind: 'unknown' };
  const names = answer.status === 'found' ? answer.records.flatMap((record) => nameIn(record)) : [];
  const [first] = names;
  if (first === undefined) return { kind: 'none' };
  const type = address.includes(':') ? 'AAAA' : 'A';
  const own = textOf(address);
  let failed = false;
  for (const name of names.slice(0, NAMES_MAX)) {
    const forward = await resolver.query(name, type, { signal });
    if (forward.status === 'failed') failed = true;
    if (forward.status !== 'found') continue;
    if (forward.records.some((record) => 'address' in record && textOf(record.address) === own))
      return { kind: 'confirmed', name };
  }
  // RFC 8601 §3: a question that got no answer has not failed.
  return failed ? { kind: 'unknown' } : { kind: 'unconfirmed', name: first };
}

/** The name a PTR record holds, in lower case; none if it could not be one of a host. */
function nameIn(record: DnsRecord): string[] {
  if (record.type !== 'PTR') return [];
  const name = record.target.toLowerCase().replace(/\.$/, '');
  return name.length <= 253 && /^[a-z0-9_-]+(?:\.[a-z0-9_-]+)+$/.test(name) ? [name] : [];
}

function textOf(address: string): string {
  return Buffer.from(addressBytes(address) ?? []).toString('hex');
}
