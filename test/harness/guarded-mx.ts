/** A Postfix with TLS whose certificate is of an authority of the test's own, and who takes mail for every domain: to hold an edge against what it was set to trust. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CertificateWish, type CertifiedKey, makeCertificate } from '../../src/net/tls-certificate.ts';
import { type RunningServer, withServer } from './server.ts';
import { postfix } from './servers/postfix.ts';

export interface GuardedMx {
  readonly server: RunningServer;
  /** The certificate that the server shows, and the authority that signed it. */
  readonly leaf: X509Certificate;
  readonly root: X509Certificate;
  /** A file with the authority's certificate. */
  readonly roots: string;
  /** Makes another certificate of the authority. */
  certify(names: CertificateWish['names']): CertifiedKey;
  /** The letters in the one mailbox with this subject. */
  lettersOf(subject: string): Promise<readonly string[]>;
}

const DAY = 86_400_000;
const ROOT = 'Root of the test';

/** Digest of a certificate's public key, as a pin or a TLSA record 3 1 1 has it: hex in lower case. */
export const keyDigest = ({ publicKey }: X509Certificate, hash = 'sha256'): string =>
  createHash(hash)
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');

/** Runs `body` beside such a server, whose certificate bears `names`. */
export async function withGuardedMx(
  t: TestContext,
  names: CertificateWish['names'],
  body: (mx: GuardedMx) => Promise<void>,
): Promise<void> {
  const during = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
  const authority = makeCertificate({ names: [ROOT], ...during, authority: true });
  const certify = (wanted: CertificateWish['names']) =>
    makeCertificate({ names: wanted, ...during, issuer: { ...authority, name: ROOT } });
  const shown = certify(names);
  const folder = await mkdtemp(join(tmpdir(), 'mailward-roots-'));
  const roots = join(folder, 'roots.pem');
  await writeFile(roots, authority.certificate);
  const tls = { certificate: `${shown.certificate}${authority.certificate}`, key: shown.key };
  try {
    await withServer(t, postfix, { tls, accounts: ['all'] }, async (server) => {
      const conf = `MAIL_CONFIG=${server.folder}/conf`;
      const any = ['virtual_mailbox_domains = static:all', 'virtual_mailbox_maps = static:all/'];
      await server.exec('env', [conf, 'postconf', '-e', ...any]);
      await server.exec('env', [conf, 'postfix', 'reload']);
      await body({
        server,
        leaf: new X509Certificate(shown.certificate),
        root: new X509Certificate(authority.certificate),
        roots,
        certify,
        lettersOf: async (subject) =>
          (await server.mailbox('all')).filter((text) => text.includes(`\nSubject: ${subject}\n`)),
      });
    });
  } finally {
    await rm(folder, { recursive: true });
  }
}
