import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, DEFAULT_CIPHERS, type SecureContext } from 'node:tls';
import { type CertifiedKey, makeCertificate } from '../../net/tls-certificate.ts';
import { whyUnreadable } from './config/why-unreadable.ts';

/** The self-signed certificate is good for this long, and made anew when less than a tenth of it is left. Milliseconds. */
const LIFE = 825 * 86_400_000;

type Setting = 'certificate' | 'key';

/** Certificate and key of the configuration that cannot be used. `path` leads, below `tls`, to the setting whose file is at fault. */
export class CertificateFault extends Error {
  readonly code = 'CERTIFICATE';
  readonly path: readonly string[];

  constructor(path: readonly string[], message: string, cause?: unknown) {
    super(`tls.${path.join('.')}: ${message}`, { cause });
    this.path = path;
  }
}

/** Files of a certificate and its key. */
interface CertificateFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * The certificates that the configuration names: one, or two with keys of different kinds, of which each peer is shown the one it can take.
 * Throws `CertificateFault` if they cannot be read or do not belong to their keys.
 */
export function readCertificates(
  files: CertificateFiles & { readonly second?: CertificateFiles | undefined },
): CertifiedKey[] {
  const first = readCertificate(files, []);
  if (files.second === undefined) return [first];
  const second = readCertificate(files.second, ['second']);
  // OpenSSL keeps one of each kind: the first would be gone without a word.
  if (kindOf(first) === kindOf(second))
    throw new CertificateFault(
      ['second', 'certificate'],
      `${files.second.certificate} has a key of the same kind as the first, ${kindOf(first)}: name an RSA one beside an EC one`,
    );
  return [first, second];
}

function readCertificate({ certificate, key }: CertificateFiles, below: readonly string[]): CertifiedKey {
  const at = (setting: Setting) => [...below, setting];
  const pair = { certificate: readText(at('certificate'), certificate), key: readText(at('key'), key) };
  const own = tried(
    at('certificate'),
    `${certificate} holds no certificate in PEM`,
    () => new X509Certificate(pair.certificate),
  );
  const secret = tried(at('key'), `${key} holds no private key in PEM that is free of a password`, () =>
    createPrivateKey(pair.key),
  );
  if (!own.checkPrivateKey(secret))
    throw new CertificateFault(at('key'), `${key} does not belong to the first certificate in ${certificate}`);
  return pair;
}

function kindOf({ certificate }: CertifiedKey): string {
  return new X509Certificate(certificate).publicKey.asymmetricKeyType ?? 'unknown';
}

/** The roots to trust that a setting names. Throws if there are none in the file: an empty one would leave the built-in roots in force. */
export function readRoots(path: string): string {
  const text = readFileSync(path, 'utf8');
  try {
    new X509Certificate(text);
    return text;
  } catch (fault) {
    throw new Error(`${path} holds no certificate in PEM`, { cause: fault });
  }
}

/** Until when a certificate is good, in milliseconds since the epoch. */
export function goodUntil({ certificate }: CertifiedKey): number {
  return Date.parse(new X509Certificate(certificate).validTo);
}

function readText(setting: readonly string[], path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (fault) {
    throw new CertificateFault(setting, `${path} cannot be read: ${whyUnreadable(fault)}`, fault);
  }
}

function tried<T>(setting: readonly string[], message: string, read: () => T): T {
  try {
    return read();
  } catch (fault) {
    throw new CertificateFault(setting, message, fault);
  }
}

/**
 * The self-signed certificate of the data folder, made if there is none or it is old or of another name. Opportunistic senders take any
 * certificate (RFC 7435 §3), so that the first day already has TLS.
 */
export function keptCertificate(folder: string, hostName: string, now: number): CertifiedKey {
  const path = join(folder, 'edge-certificate.pem');
  const kept = readKept(path);
  if (kept !== null && isGood(kept, hostName, now)) return kept;
  const made = makeCertificate({
    names: [hostName],
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + LIFE),
  });
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // Both in one file, written beside and renamed: a certificate is never there without its key.
  writeFileSync(`${path}.${process.pid}`, `${made.certificate}${made.key}`, { mode: 0o600 });
  renameSync(`${path}.${process.pid}`, path);
  return made;
}

function readKept(path: string): CertifiedKey | null {
  try {
    const text = readFileSync(path, 'utf8');
    const key = text.indexOf('-----BEGIN PRIVATE KEY-----');
    return key < 0 ? null : { certificate: text.slice(0, key), key: text.slice(key) };
  } catch {
    return null;
  }
}

function isGood({ certificate }: CertifiedKey, hostName: string, now: number): boolean {
  try {
    const read = new X509Certificate(certificate);
    return read.checkHost(hostName) !== undefined && Date.parse(read.validTo) - now > LIFE / 10;
  } catch {
    return false;
  }
}

/** At TLS 1.2 Node would rather show RSA, whose handshakes cost more. */
const EC_FIRST = ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((suite) => `ECDHE-ECDSA-${suite}`);

/** Makes the TLS side of a server. Throws if a certificate and its key do not belong together. */
export function serverContext(pairs: readonly CertifiedKey[], ticketKeys?: Buffer): SecureContext {
  return createSecureContext({
    cert: pairs.map(({ certificate }) => certificate),
    key: pairs.map(({ key }) => key),
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    ciphers: `${EC_FIRST.join(':')}:${DEFAULT_CIPHERS}`,
    // Each time is a handshake's work for us and next to none for the peer (CVE-2011-1473); TLS 1.3 has done away with it.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
  });
}
