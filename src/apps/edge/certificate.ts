import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type CertifiedKey, makeCertificate } from '../../net/tls-certificate.ts';

/** The self-signed certificate is good for this long, and made anew when less than a tenth of it is left. Milliseconds. */
const LIFE = 825 * 86_400_000;

/** The certificate and key that the configuration names. Throws with the file's name if one cannot be read. */
export function readCertificate(certificate: string, key: string): CertifiedKey {
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
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

/** Makes the TLS side of a server. Throws if certificate and key do not belong together. */
export function serverContext({ certificate, key }: CertifiedKey, ticketKeys?: Buffer): SecureContext {
  return createSecureContext({
    cert: certificate,
    key,
    minVersion: 'TLSv1.2',
    honorCipherOrder: true,
    ...(ticketKeys === undefined ? {} : { ticketKeys }),
  });
}
