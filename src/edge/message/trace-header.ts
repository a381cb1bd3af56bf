import type { Envelope, Hello, Peer, TlsSession } from '../stage.ts';

export interface TraceInput {
  readonly id: string;
  readonly hello: Hello;
  readonly tls: TlsSession | null;
  readonly peer: Peer;
  readonly envelope: Envelope;
  /** The edge's own name. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/**
 * The `Received:` field the edge puts in front of a message (RFC 5321 §4.4), CRLF included. Of mail that comes in it names the peer and
 * nobody behind the edge; of mail of the inside it names the edge alone, so that nobody reads where it was written.
 */
export function traceHeader({ id, hello, tls, peer, envelope, host, at }: TraceInput): string {
  const address = peer.address.includes(':') ? `IPv6:${peer.address}` : peer.address;
  const from = peer.inside ? host : `${hello.name} ([${address}])`;
  const protocol = protocolWord(hello, tls !== null, peer.account !== undefined, envelope.parameters.smtpUtf8);
  return `Received: from ${from}\r\n\tby ${host} with ${protocol} id ${id};\r\n\t${mailDate(at)}\r\n`;
}

/** RFC 3848, and RFC 6531 §4.3 for SMTPUTF8. */
function protocolWord({ extended }: Hello, secure: boolean, authenticated: boolean, utf8: boolean): string {
  return `${utf8 ? 'UTF8SMTP' : extended ? 'ESMTP' : 'SMTP'}${secure ? 'S' : ''}${authenticated ? 'A' : ''}`;
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
