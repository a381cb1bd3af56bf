import { createResolver } from '../../src/net/dns-resolver.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import { readZone } from '../../src/range/zone.ts';
import { createZoneServer } from '../../src/range/zone-server.ts';
import { readMessage, writeQuery } from '../../src/wire/dns/message.ts';
import { createFakeClock } from './fake-clock.ts';

/** A resolver over a declared zone, without a socket, that counts the questions it is asked. */
export function declaredZone(text: string): Resolver & { readonly asked: readonly string[] } {
  const serve = createZoneServer(readZone(text));
  const asked: string[] = [];
  const resolver = createResolver({
    servers: [{ address: '127.0.0.1', port: 53 }],
    clock: createFakeClock(),
    exchange: {
      async ask(_server, question) {
        asked.push(`${question.type} ${question.name}`);
        const query = writeQuery(1, question);
        const answer = query === null ? null : serve(query, 'tcp');
        const message = answer === null ? null : readMessage(answer);
        if (answer === null) return { kind: 'timeout' };
        return message === null ? { kind: 'malformed', detail: 'unreadable' } : { kind: 'answer', message };
      },
      close: () => undefined,
    },
  });
  return { ...resolver, asked };
}
