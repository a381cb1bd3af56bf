import { createHash, X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type SecureContext, type TLSSocket } from 'node:tls';
import { matchesTlsa, type TlsaRecord } from './dane.ts';
import { CHAIN_MAX, matchesName, readTlsError } from './tls.ts';

/** Whom we hand mail to inside TLS. */
export type UpstreamTrust =
  /** A certificate of the server's name that leads to a root we trust, and that is what signed TLSA records ask for, where there are any. */
  | { readonly kind: 'roots'; readonly records?: readonly TlsaRecord[] }
  /** One of these certificates or public keys: SHA-256, hex in lower case. Names, dates and roots do not count. */
  | { readonly kind: 'pins'; readonly pins: ReadonlySet<string> }
  /** What signed TLSA records ask for (RFC 7672). */
  | { readonly kind: 'dane'; readonly records: readonly TlsaRecord[] }
  /** Anybody: it keeps out who only listens (RFC 7435). */
  | { readonly kind: 'anybody' };

/** How the connection to the server behind the edge is made safe. There is no falling back: what is set is done, or nothing is handed on. */
export type UpstreamTls =
  | { readonly mode: 'none' }
  | {
      /** `if-offered` goes on in the clear where STARTTLS is not offered; once it is, it must succeed. */
      readonly mode: 'starttls' | 'implicit' | 'if-offered';
      /** The name to ask for, which the certificate must bear where `trust` looks at names. */
      readonly name: string;
      readonly context: SecureContext;
      readonly trust: UpstreamTrust;
    };

const NOT_TLSA = 'its certificate is not what TLSA asks for';

type UsedTls = Exclude<UpstreamTls, { mode: 'none' }>;

/** Begins TLS as the client. The certificate is looked at by `distrustOf`, not by the handshake. */
export function beginTls(socket: Socket, { name, context }: UsedTls): TLSSocket {
  return connect({
    socket,
    secureContext: context,
    rejectUnauthorized: false,
    // Names are held against by our own rule (RFC 9525), and only where they count.
    checkServerIdentity: () => undefined,
    ...(isIP(name) === 0 ? { servername: name } : {}),
  });
}

/** What keeps a server from being trusted, once the handshake is done; null if nothing does. `now` is milliseconds since the epoch. */
export function distrustOf(socket: TLSSocket, { name, trust }: UsedTls, now: number): string | null {
  if (trust.kind === 'anybody') return null;
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return 'it shows no certificate';
  switch (trust.kind) {
    case 'roots':
      if (!socket.authorized) return `its certificate is not trusted: ${socket.authorizationError}`;
      if (!matchesName(leaf, name)) return `its certificate is not for ${name}`;
      return trust.records === undefined || matchesTlsa(chainOf(leaf), trust.records, name, now) ? null : NOT_TLSA;
    case 'pins':
      return pinsOf(leaf).some((pin) => trust.pins.has(pin)) ? null : 'its certificate is not the one that is pinned';
    case 'dane':
      return matchesTlsa(chainOf(leaf), trust.records, name, now) ? null : NOT_TLSA;
  }
}

/** What ended a connection, for the log; of a handshake (`securing`), what OpenSSL says of it. */
export function faultOf(error: Error & { readonly code?: string }, securing: boolean): string {
  if (!securing) return error.code ?? error.message;
  const { fault, detail } = readTlsError(error);
  return fault === 'closed' ? detail : `TLS failed: ${detail}`;
}

/** SHA-256 of a certificate and of its public key, by either of which it may be pinned. */
function pinsOf(leaf: X509Certificate): readonly [string, string] {
  const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
  return [sha256(leaf.raw), sha256(leaf.publicKey.export({ type: 'spki', format: 'der' }))];
}

function chainOf(leaf: X509Certificate): X509Certificate[] {
  const chain: X509Certificate[] = [];
  let next: X509Certificate | undefined = leaf;
  while (next instanceof X509Certificate && chain.length < CHAIN_MAX) {
    const { fingerprint256 }: X509Certificate = next;
    if (chain.some((seen) => seen.fingerprint256 === fingerprint256)) break;
    chain.push(next);
    next = next.issuerCertificate;
  }
  return chain;
}
