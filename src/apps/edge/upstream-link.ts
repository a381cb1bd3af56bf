import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import type { Clock } from '../../net/clock.ts';
import type { Resolver } from '../../net/resolver.ts';
import { UpstreamPool } from '../../net/smtp-upstream-pool.ts';
import type { UpstreamPlace } from './places.ts';

export interface LinkSettings {
  readonly hostName: string;
  readonly clock: Clock;
  /** Asked for the server's name; null: the system is, with its hosts file. */
  readonly resolver: Resolver | null;
  readonly noted: (place: string, state: 'up' | 'down', detail: string) => void;
}

/** Connections to one server at once, of one process; a stock Postfix serves 100 in all. */
const CONNECTIONS = 20;
/** Servers hang up on silent clients after five minutes; we go before they do. */
const IDLE = 60_000;
const MESSAGES_PER_CONNECTION = 1_000;
const OPEN_TIMEOUT = 30_000;

/** Makes the connections to a server behind the edge. */
export function linkUpstream(place: UpstreamPlace, settings: LinkSettings): UpstreamPool {
  const { hostName, clock, resolver } = settings;
  const name = showPlace(place);
  return new UpstreamPool({
    protocol: place.protocol,
    hostName,
    clock,
    tls:
      place.tls === 'none'
        ? { mode: 'none' }
        : {
            mode: place.tls,
            name: place.host,
            context: createSecureContext({ minVersion: 'TLSv1.2' }),
            fingerprint: null,
          },
    openTimeout: OPEN_TIMEOUT,
    connections: CONNECTIONS,
    idle: IDLE,
    messages: MESSAGES_PER_CONNECTION,
    noted: (state, detail) => settings.noted(name, state, detail),
    async locate() {
      if (place.path !== '') return { path: place.path };
      if (isIP(place.host) !== 0) return { host: place.host, port: place.port };
      const address = resolver === null ? await systemAddress(place.host) : await dnsAddress(place.host, resolver);
      return address === null ? null : { host: address, port: place.port };
    },
  });
}

export function showPlace({ path, host, port }: UpstreamPlace): string {
  return path === '' ? `${host.includes(':') ? `[${host}]` : host}:${port}` : path;
}

async function systemAddress(name: string): Promise<string | null> {
  return (await lookup(name).catch(() => null))?.address ?? null;
}

async function dnsAddress(name: string, resolver: Resolver): Promise<string | null> {
  for (const type of ['A', 'AAAA'] as const) {
    const answer = await resolver.query(name, type);
    if (answer.status !== 'found') continue;
    for (const record of answer.records) if ('address' in record) return record.address;
  }
  return null;
}
