import { createHash, type X509Certificate } from 'node:crypto';
import { tlsaUse } from '../wire/dns/tlsa.ts';
import type { Resolver } from './resolver.ts';
import { matchesName } from './tls.ts';

/** What a TLSA record says. `data` is hexadecimal. */
export interface TlsaRecord {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: string;
}

/**
 * What DNS says of a server's certificate. `none`: proven or likely that there is nothing that counts. `unusable`: signed records that SMTP
 * has no use for, by which the server at least has TLS (RFC 7672 §2.2). `unknown`: not determined, and whoever goes on in the clear then does
 * what an attacker wants (RFC 7672 §2.1.1).
 */
export type TlsaAnswer =
  /** `base` is the name that they stand under: the server's, or the one that it is an alias of. */
  | { readonly kind: 'records'; readonly base: string; readonly records: readonly TlsaRecord[] }
  | { readonly kind: 'none' | 'unusable' | 'unknown'; readonly because: string };

/**
 * Asks for the TLSA records of a server (RFC 7672 §2.2). They count only if the resolver has validated them by DNSSEC. Those of the name that it
 * is a signed alias of come first (§2.2.2).
 */
export async function askTlsa(resolver: Resolver, host: string, port: number): Promise<TlsaAnswer> {
  const address = await resolver.query(host, 'A');
  if (address.status === 'failed') return { kind: 'unknown', because: `A of ${host}: ${address.detail}` };
  const target = address.authenticated ? address.chain.at(-1) : undefined;
  const asked = target === undefined ? null : await askUnder(resolver, target, port);
  return asked === null || asked.kind === 'none' ? askUnder(resolver, host, port) : asked;
}

async function askUnder(resolver: Resolver, host: string, port: number): Promise<TlsaAnswer> {
  const name = `_${port}._tcp.${host}`;
  const answer = await resolver.query(name, 'TLSA');
  if (answer.status === 'failed') return { kind: 'unknown', because: `TLSA of ${host}: ${answer.detail}` };
  if (answer.status !== 'found') return { kind: 'none', because: `${name} has no TLSA record` };
  if (!answer.authenticated) return { kind: 'none', because: `the TLSA records of ${name} are not signed` };
  const records = answer.records.flatMap((record) => (record.type === 'TLSA' ? [record] : []));
  const usable = records.filter((record) => tlsaUse(record) !== 'unusable');
  if (usable.length === 0) return { kind: 'unusable', because: `no TLSA record of ${name} can be used` };
  return { kind: 'records', base: host, records: usable };
}

/**
 * True if a chain, leaf first, is what TLSA records ask for (RFC 7672 §3.1): this certificate or key whatever its name and dates, or a chain of
 * good dates up to this authority and the server's name. `now` is milliseconds since the epoch.
 */
export function matchesTlsa(
  chain: readonly X509Certificate[],
  records: readonly TlsaRecord[],
  name: string,
  now: number,
): boolean {
  const [leaf] = chain;
  if (leaf === undefined) return false;
  return records.some((record) => {
    if (tlsaUse(record) === 'this-certificate') return isMeant(leaf, record);
    if (tlsaUse(record) !== 'this-authority' || !matchesName(leaf, name)) return false;
    const at = chain.findIndex((certificate, index) => index > 0 && isMeant(certificate, record));
    return at > 0 && isLinked(chain.slice(0, at + 1), now);
  });
}

function isMeant(certificate: X509Certificate, { selector, matching, data }: TlsaRecord): boolean {
  const bytes = selector === 0 ? certificate.raw : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const seen =
    matching === 0
      ? bytes
      : createHash(matching === 1 ? 'sha256' : 'sha512')
          .update(bytes)
          .digest();
  return seen.toString('hex') === data.toLowerCase();
}

/** Each certificate is signed by the next, which may sign, and all are of good date. */
function isLinked(chain: readonly X509Certificate[], now: number): boolean {
  return chain.every((certificate, index) => {
    if (Date.parse(certificate.validFrom) > now || Date.parse(certificate.validTo) < now) return false;
    const issuer = chain[index + 1];
    return (
      issuer === undefined || (issuer.ca && certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey))
    );
  });
}
