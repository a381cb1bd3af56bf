import { isIPv6 } from 'node:net';
import { toXtext } from '../wire/smtp/xtext.ts';
import type { UpstreamClient } from './upstream-transaction.ts';

/**
 * The XCLIENT command that tells a server whom a message came from (Postfix's XCLIENT_README), in those attributes that it said it takes. What
 * is not known is said to be so, or the server would take the edge's own for the peer's.
 */
export function xclientLine(client: UpstreamClient | null, attributes: readonly string[]): string {
  const taken = new Set(attributes.map((word) => word.toUpperCase()));
  const values: readonly (readonly [name: string, value: string])[] = [
    ['NAME', nameOf(client, 'confirmed')],
    ['REVERSE_NAME', nameOf(client, 'unconfirmed')],
    ['ADDR', client === null ? UNAVAILABLE : isIPv6(client.address) ? `IPV6:${client.address}` : client.address],
    ['PORT', client === null ? UNAVAILABLE : String(client.port)],
    ['PROTO', client?.extended === false ? 'SMTP' : 'ESMTP'],
    ['HELO', client === null ? UNAVAILABLE : toXtext(client.hello)],
  ];
  const said = values.flatMap(([name, value]) => (taken.has(name) ? [`${name}=${value}`] : []));
  return `XCLIENT ${said.join(' ')}`;
}

const UNAVAILABLE = '[UNAVAILABLE]';
/** "Come again": a server that wants a name defers where there may be one. */
const NOT_NOW = '[TEMPUNAVAIL]';

/** The name of a client if it is as sure as `least`, else why there is none: not now, or not at all. */
function nameOf(client: UpstreamClient | null, least: 'confirmed' | 'unconfirmed'): string {
  if (client === null) return UNAVAILABLE;
  const { name } = client;
  if (name.kind === 'unknown') return NOT_NOW;
  return name.kind === 'confirmed' || name.kind === least ? toXtext(name.name) : UNAVAILABLE;
}
