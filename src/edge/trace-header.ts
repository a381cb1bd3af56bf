import type { Hello, Peer, TlsSession } from './stage.ts';

export interface TraceInput {
  readonly id: string;
  readonly hello: Hello;
  readonly tls: TlsSession | null;
  readonly peer: Peer;
  /** The edge's own name. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** The `Received:` field the edge puts in front of a message (RFC 5321 §4.4), CRLF included. It names the peer and nobody behind the edge. */
export function traceHeader({ id, hello, tls, peer, host, at }: TraceInput): string {
  const protocol = `${hello.extended ? 'ESMTP' : 'SMTP'}${tls === null ? '' : 'S'}`;
  const address = peer.address.includes(':') ? `IPv6:${peer.address}` : peer.address;
  return `Received: from ${hello.name} ([${address}])\r\n\tby ${host} with ${protocol} id ${id};\r\n\t${mailDate(at)}\r\n`;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** A date as RFC 5322 §3.3 writes it, in UTC. */
export function mailDate(at: number): string {
  const date = new Date(at);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${DAYS[date.getUTCDay()]}, ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `${day} ${two(date.getUTCHours())}:${two(date.getUTCMinutes())}:${two(date.getUTCSeconds())} +0000`;
}
