import { constants } from 'node:crypto';
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Relay, RelayRoutes } from '../../edge/upstream/relay-upstream.ts';
import type { Clock } from '../../net/clock.ts';
import { askTlsa } from '../../net/dane.ts';
import type { MtaStsJudge } from '../../net/mta-sts-keeper.ts';
import type { Resolver } from '../../net/resolver.ts';
import { UpstreamPool, type UpstreamWay } from '../../net/smtp-upstream-pool.ts';
import { UpstreamGroup } from '../../net/upstream-group.ts';
import { UpstreamLogins } from '../../net/upstream-login.ts';
import type { UpstreamTls, UpstreamTrust } from '../../net/upstream-tls.ts';
import { readRoots } from './certificate.ts';
import type { UpstreamPlace } from './config/places.ts';
import type { UpstreamEntry, UpstreamRoutes } from './config/settings/upstream.ts';

export interface LinkSettings {
  readonly hostName: string;
  readonly clock: Clock;
  readonly resolver: Resolver;
  /** How many processes share the servers. */
  readonly workers: number;
  /** Servers are looked up by the system, with its hosts file, and not by the resolver. */
  readonly bySystem: boolean;
  readonly mtaSts: MtaStsJudge;
  readonly noted: (place: string, state: 'up' | 'down', detail: string) => void;
}

/** The servers behind the edge, linked. */
export interface LinkedUpstreams extends RelayRoutes {
  /** Connects to each once, to learn what it offers before anybody asks. */
  probe(): void;
  /** To be called about once a second. */
  sweep(): void;
}

/** Connections to one server at once, of one process. */
const CONNECTIONS = 20;
/** Of all processes; a stock Postfix serves 100 in all, and others want to be served, too. */
const CONNECTIONS_OF_ALL = 80;
/** Logins at once: each holds a connection until its session ends. */
const LOGINS = 200;
/** Servers hang up on silent clients after five minutes; we go before they do. */
const IDLE = 60_000;
const OPEN_TIMEOUT = 30_000;

/** Makes the connections to the servers of a configuration. Throws if a file that it names cannot be read. */
export function linkUpstreams(routes: UpstreamRoutes, settings: LinkSettings): LinkedUpstreams {
  const pools: UpstreamPool[] = [];
  const groups = new Map<string, Relay>();
  for (const [domain, entries] of routes) {
    const members = entries.map((entry) => {
      const pool = linkUpstream(entry, settings);
      pools.push(pool);
      return { pool, weight: entry.weight, reserve: entry.reserve };
    });
    const group = new UpstreamGroup(members, settings.clock);
    const close = () => {
      for (const { pool } of members) pool.close();
    };
    groups.set(domain, Object.assign(group, { close }));
  }
  const all = [...groups.values()];
  const others = groups.get('*') ?? (all[0] as Relay);
  return {
    all,
    of: (domain) => groups.get(domain) ?? others,
    probe() {
      for (const pool of pools) pool.probe();
    },
    sweep() {
      for (const pool of pools) pool.sweep();
    },
  };
}

function linkUpstream(entry: UpstreamEntry, settings: LinkSettings): UpstreamPool {
  const { place } = entry;
  const name = showPlace(place);
  const tls = tlsOf(entry);
  return new UpstreamPool({
    protocol: place.protocol,
    hostName: settings.hostName,
    clock: settings.clock,
    tls,
    xclient: entry.xclient,
    openTimeout: OPEN_TIMEOUT,
    connections: Math.max(1, Math.min(CONNECTIONS, Math.floor(CONNECTIONS_OF_ALL / settings.workers))),
    idle: IDLE,
    messages: entry.messages,
    noted: (state, detail) => settings.noted(name, state, detail),
    async locate() {
      const to = await wayTo(place, settings);
      return to === null ? null : { ...to, tls: await surer(tls, entry, settings) };
    },
  });
}

/** Makes the connections for logins at a server; its XCLIENT would undo them. Throws if a file that it names cannot be read. */
export function linkLogins(entry: UpstreamEntry, settings: LinkSettings): UpstreamLogins {
  const tls = tlsOf(entry);
  return new UpstreamLogins({
    protocol: 'smtp',
    hostName: settings.hostName,
    clock: settings.clock,
    tls,
    openTimeout: OPEN_TIMEOUT,
    connections: LOGINS,
    async locate() {
      const to = await wayTo(entry.place, settings);
      return to === null ? null : { ...to, tls: await surer(tls, entry, settings) };
    },
  });
}

function tlsOf({ place, name, authority, pins, trust }: UpstreamEntry): UpstreamTls {
  if (place.tls === 'none') return { mode: 'none' };
  const ca = authority === null ? {} : { ca: readRoots(authority) };
  const whom: UpstreamTrust =
    pins.length > 0 ? { kind: 'pins', pins: new Set(pins) } : { kind: trust === 'anybody' ? 'anybody' : 'roots' };
  // The certificate is looked at once: nobody may show another later.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const context = createSecureContext({ minVersion: 'TLSv1.2', secureOptions, ...ca });
  const tls: UpstreamTls = { mode: place.tls, name, context, trust: whom };
  // Whoever says whom to trust does not want to hand on in the clear to somebody who took STARTTLS out of the answer.
  return whom.kind === 'anybody' ? tls : { ...tls, mode: withTls(place.tls) };
}

const withTls = (mode: 'starttls' | 'implicit' | 'if-offered') => (mode === 'if-offered' ? 'starttls' : mode);

/**
 * The same, with what DNS and policies add. Signed TLSA records count wherever TLS was going to trust anybody, too: who publishes them must be
 * held to them (RFC 7672 §2.2); and a policy does not make up for a certificate that they do not name (RFC 8461 §2). Rejects with the reason
 * where mail may not go.
 */
async function surer(tls: UpstreamTls, entry: UpstreamEntry, settings: LinkSettings): Promise<UpstreamTls> {
  const { place, name, trust, policyOf, pins } = entry;
  if (tls.mode === 'none' || pins.length > 0 || trust === 'roots') return tls;
  if (trust === 'mta-sts') {
    // The name that the certificate must bear, and no other: else the policy would say nothing of who is connected to.
    const objection = await settings.mtaSts(policyOf ?? '', name);
    if (objection !== null) throw new Error(objection);
  }
  if (trust !== 'dane' && isIP(place.host) !== 0) return tls;
  const asked = await askTlsa(settings.resolver, place.host, place.port);
  if (asked.kind === 'records') {
    const { records, base } = asked;
    const mode = withTls(tls.mode);
    if (trust === 'mta-sts') return { ...tls, mode, trust: { kind: 'roots', records } };
    // RFC 7672 §3.2.2: an authority that they name vouches for the name that they stand under.
    return { ...tls, mode, name: name === place.host ? base : name, trust: { kind: 'dane', records } };
  }
  if (trust === 'dane' || asked.kind === 'unknown') throw new Error(asked.because);
  return asked.kind === 'unusable' ? { ...tls, mode: withTls(tls.mode) } : tls;
}

function showPlace({ path, host, port }: UpstreamPlace): string {
  return path === '' ? `${host.includes(':') ? `[${host}]` : host}:${port}` : path;
}

async function wayTo(place: UpstreamPlace, settings: LinkSettings): Promise<UpstreamWay | null> {
  if (place.path !== '') return { path: place.path };
  const address = await addressOf(place.host, settings);
  return address === undefined ? null : { host: address, port: place.port };
}

/** The address of a host of the configuration; undefined if it has none. Rejects if it cannot be found out. */
export async function addressOf(
  host: string,
  { resolver, bySystem }: Pick<LinkSettings, 'resolver' | 'bySystem'>,
): Promise<string | undefined> {
  if (isIP(host) !== 0) return host;
  return bySystem ? systemAddress(host) : dnsAddress(host, resolver);
}

async function systemAddress(name: string): Promise<string | undefined> {
  return (await lookup(name).catch(() => undefined))?.address;
}

/** Rejects if it cannot be found out: a name whose answer is forged is not one that does not exist. */
async function dnsAddress(name: string, resolver: Resolver): Promise<string | undefined> {
  let unknown: string | null = null;
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.query(name, type);
    if (answer.status === 'failed') unknown = `${type} of ${name}: ${answer.detail}`;
    if (answer.status !== 'found') continue;
    for (const record of answer.records) if ('address' in record) return record.address;
  }
  if (unknown !== null) throw new Error(unknown);
  return undefined;
}
