/** DNS for tests without a socket: a zone that is asked through the real resolver, byte for byte. */
import { systemClock } from '../../src/net/clock.ts';
import type { DnsExchange, ExchangeResult } from '../../src/net/dns-exchange.ts';
import { createResolver, type ResolverSettings } from '../../src/net/dns-resolver.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { readMessage, writeQuery } from '../../src/wire/dns/message.ts';

export interface ZoneExchange extends DnsExchange {
  /** What was asked over the wire, as `TYPE name`, in order. */
  readonly asked: readonly string[];
}

/** Asks a zone as if it stood behind a server: UDP first, TCP after TC. Silence is a time-out at once. */
export function zoneExchange(zone: string): ZoneExchange {
  const answer = createZoneServer(readZone(zone));
  const asked: string[] = [];
  const over = (wire: Buffer, transport: 'udp' | 'tcp'): ExchangeResult => {
    const bytes = answer(wire, transport);
    if (bytes === null) return { kind: 'timeout' };
    const message = readMessage(bytes);
    return message === null
      ? { kind: 'malformed', detail: 'gave an answer that cannot be read' }
      : { kind: 'answer', message };
  };
  return {
    asked,
    async ask(_server, question) {
      asked.push(`${question.type} ${question.name}`);
      const wire = writeQuery(1, question) as Buffer;
      const first = over(wire, 'udp');
      if (first.kind !== 'answer' || !first.message.truncated) return first;
      const second = over(wire, 'tcp');
      if (second.kind === 'answer' && second.message.truncated)
        return { kind: 'malformed', detail: 'has an answer too large for DNS' };
      return second;
    },
    close() {},
  };
}

/** A resolver over a zone. */
export function zoneResolver(zone: string, settings: Partial<ResolverSettings> = {}): Resolver {
  const servers = [{ address: '192.0.2.53', port: 53 }];
  return createResolver({ servers, clock: systemClock, exchange: zoneExchange(zone), ...settings });
}
