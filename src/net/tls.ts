import { constants, X509Certificate } from 'node:crypto';
import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { Clock } from './clock.ts';

/** Certificates kept of a chain; a server that sends more is heard no further. */
export const CHAIN_MAX = 10;

export interface TlsWish {
  /** The name to ask for (SNI) and to hold the certificate against; an IP address is only held against. */
  readonly servername: string;
  /** Milliseconds for the handshake. */
  readonly timeout: number;
  /** PEM roots to trust instead of the built-in ones. */
  readonly roots?: readonly string[];
  readonly signal?: AbortSignal;
}

/** What a handshake came to. The certificate never decides whether it succeeds: looking is not trusting. */
export type TlsOutcome =
  | {
      readonly ok: true;
      readonly socket: TLSSocket;
      readonly protocol: string;
      readonly cipher: string;
      /** Leaf first, base64 DER; empty if the suite is anonymous. */
      readonly chain: readonly string[];
      /** OpenSSL's word for what keeps the chain from being trusted; null if it is trusted. */
      readonly distrust: string | null;
      readonly nameMatches: boolean;
      /** Bits of the ephemeral key, if there was one of a known size. */
      readonly ephemeralBits: number | null;
    }
  | {
      readonly ok: false;
      /** `ours`: this program cannot speak what the server wanted, or was stopped. `theirs`: the server refused, or sent what is not TLS. */
      readonly fault: 'ours' | 'theirs' | 'timeout' | 'closed';
      readonly detail: string;
    };

/**
 * Speaks TLS over an open connection, tolerating old protocols, weak keys and any certificate, so that a failure is the
 * server's and not our taste. RC4, 3DES, EXPORT and SSLv3 are not in Node's OpenSSL: those failures are marked `ours`.
 */
export async function startTls(socket: Socket, clock: Clock, wish: TlsWish): Promise<TlsOutcome> {
  const name = isIP(wish.servername) === 0 ? wish.servername : '';
  const secure = connect({
    socket,
    ...(name === '' ? {} : { servername: name }),
    rejectUnauthorized: false,
    // Without this, a wrong name would hide what is wrong with the chain: Node keeps one reason only.
    checkServerIdentity: () => undefined,
    minVersion: 'TLSv1',
    // Anonymous suites stay out: a server that prefers them would show no certificate.
    ciphers: 'DEFAULT:@SECLEVEL=0',
    minDHSize: 1,
    // Servers from before RFC 5746 (Windows 2003, OpenSSL 0.9.8) are the ones to look at most closely.
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
    ...(wish.roots === undefined ? {} : { ca: [...wish.roots] }),
  });
  const over = new AbortController();
  const failure = await Promise.race([
    new Promise<null>((resolve) => secure.once('secureConnect', () => resolve(null))),
    new Promise<TlsFailure>((resolve) => secure.once('error', (error) => resolve(readTlsError(error)))),
    new Promise<TlsFailure>((resolve) => secure.once('close', () => resolve(hungUp))),
    new Promise<TlsFailure>((resolve) => {
      wish.signal?.addEventListener('abort', () => resolve(stopped), { once: true, signal: over.signal });
    }),
    clock.sleep(wish.timeout, over.signal).then(
      (): TlsFailure => ({ ok: false, fault: 'timeout', detail: `no TLS within ${wish.timeout / 1000} s` }),
      () => null,
    ),
  ]);
  over.abort();
  if (failure !== null) {
    secure.on('error', () => {});
    secure.destroy();
    socket.destroy();
    return failure;
  }
  const leaf = secure.getPeerX509Certificate();
  const key = secure.getEphemeralKeyInfo();
  return {
    ok: true,
    socket: secure,
    protocol: secure.getProtocol() ?? 'unknown',
    cipher: secure.getCipher().standardName,
    chain: readChain(leaf),
    distrust: secure.authorizationError === null ? null : String(secure.authorizationError),
    nameMatches: leaf !== undefined && matchesName(leaf, wish.servername),
    ephemeralBits: key !== null && 'size' in key && typeof key.size === 'number' ? key.size : null,
  };
}

type TlsFailure = Extract<TlsOutcome, { ok: false }>;

const hungUp: TlsFailure = { ok: false, fault: 'closed', detail: 'the connection was closed during the handshake' };
const stopped: TlsFailure = { ok: false, fault: 'ours', detail: 'the scan was stopped' };

/** True if the certificate names the server by its alternative names (RFC 6125, RFC 9525: the common name does not count). */
export function matchesName(leaf: X509Certificate, name: string): boolean {
  if (isIP(name) !== 0) return leaf.checkIP(name) !== undefined;
  return leaf.checkHost(name, { subject: 'never', partialWildcards: false }) !== undefined;
}

function readChain(leaf: X509Certificate | undefined): string[] {
  const chain: string[] = [];
  let next: X509Certificate | undefined = leaf;
  while (next instanceof X509Certificate && chain.length < CHAIN_MAX) {
    const der = next.raw.toString('base64');
    if (chain.includes(der)) break;
    chain.push(der);
    next = next.issuerCertificate;
  }
  return chain;
}

/** Failures that this program's own OpenSSL caused: the server may well serve others. */
const OUR_FAULTS = new Set([
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_NO_PROTOCOLS_AVAILABLE',
  'ERR_SSL_NO_CIPHERS_AVAILABLE',
  'ERR_SSL_UNKNOWN_CIPHER_RETURNED',
  'ERR_SSL_WRONG_CIPHER_RETURNED',
  'ERR_SSL_UNSAFE_LEGACY_RENEGOTIATION_DISABLED',
  'ERR_SSL_EE_KEY_TOO_SMALL',
  'ERR_SSL_CA_MD_TOO_WEAK',
  'ERR_SSL_DH_KEY_TOO_SMALL',
]);

/** Tells apart who made a handshake fail. */
export function readTlsError(error: Error & { code?: string; reason?: string }): TlsFailure {
  const code = error.code ?? '';
  const detail = error.reason === undefined ? (code === '' ? error.message : code) : `${error.reason} (${code})`;
  if (code === 'ECONNRESET' || code === 'EPIPE') return { ...hungUp, detail: `${hungUp.detail} (${code})` };
  return { ok: false, fault: OUR_FAULTS.has(code) ? 'ours' : 'theirs', detail };
}
