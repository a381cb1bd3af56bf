import { createHash, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { bits, element, integer, nothing, octets, oid, sequence, set, text, time, yes } from '../wire/tls/der.ts';

/** A certificate and its private key, both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateWish {
  /** DNS names; the first is the common name too. */
  readonly names: readonly [string, ...string[]];
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Default `ec` (P-256): its handshakes cost half of RSA's. */
  readonly key?: 'ec' | { readonly rsaBits: number };
  readonly hash?: 'sha256' | 'sha1';
  /** Who signs; absent: the certificate signs itself. */
  readonly issuer?: CertifiedKey & { readonly name: string };
  /** True for a certificate that may sign others. */
  readonly authority?: boolean;
}

const SIGNATURES = {
  'ec-sha256': '1.2.840.10045.4.3.2',
  'ec-sha1': '1.2.840.10045.4.1',
  'rsa-sha256': '1.2.840.113549.1.1.11',
  'rsa-sha1': '1.2.840.113549.1.1.5',
} as const;

/**
 * Makes an X.509 v3 certificate (RFC 5280) for a server that has none: the practice range, and an edge on its first day.
 * Nobody trusts it but who is told to, which opportunistic STARTTLS does not mind.
 */
export function makeCertificate(wish: CertificateWish): CertifiedKey {
  const pair = makeKey(wish.key ?? 'ec');
  const signer = wish.issuer === undefined ? pair.privateKey : wish.issuer.key;
  const family = createPublicKey(signer).asymmetricKeyType === 'rsa' ? 'rsa' : 'ec';
  const hash = wish.hash ?? 'sha256';
  const signature = oid(SIGNATURES[`${family}-${hash}`]);
  const algorithm = family === 'rsa' ? sequence(signature, nothing()) : sequence(signature);
  const body = sequence(
    element(0xa0, integer(Uint8Array.of(2))),
    integer(serialNumber()),
    algorithm,
    commonName(wish.issuer?.name ?? wish.names[0]),
    sequence(time(wish.notBefore), time(wish.notAfter)),
    commonName(wish.names[0]),
    pair.publicKey.export({ type: 'spki', format: 'der' }),
    element(0xa3, sequence(...extensions(wish, pair.publicKey))),
  );
  const der = sequence(body, algorithm, bits(sign(hash, body, signer)));
  return {
    certificate: pem('CERTIFICATE', der),
    key: pair.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  };
}

function makeKey(kind: 'ec' | { readonly rsaBits: number }): { publicKey: KeyObject; privateKey: KeyObject } {
  return kind === 'ec'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: kind.rsaBits });
}

/** RFC 5280 §4.1.2.2: positive and at most 20 octets. */
function serialNumber(): Uint8Array {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}

function commonName(name: string): Uint8Array {
  return sequence(set(sequence(oid('2.5.4.3'), text(name))));
}

function extensions(wish: CertificateWish, key: KeyObject): Uint8Array[] {
  const names = wish.names.map((name) => element(0x82, Buffer.from(name, 'ascii')));
  const keyId = createHash('sha1')
    .update(key.export({ type: 'spki', format: 'der' }))
    .digest();
  const constraints = wish.authority === true ? sequence(yes()) : sequence();
  return [
    sequence(oid('2.5.29.17'), octets(sequence(...names))),
    sequence(oid('2.5.29.14'), octets(octets(keyId))),
    sequence(oid('2.5.29.19'), yes(), octets(constraints)),
  ];
}

function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
