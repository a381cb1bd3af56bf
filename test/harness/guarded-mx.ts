/** A Postfix with TLS whose certificate is of an authority of the test's own, and who takes mail for every domain: to hold an edge against what it was set to trust. */
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { type CertificateWish, type CertifiedKey, makeCertificate } from '../../src/net/tls-certificate.ts';
import { type RunningServer, withServer } from './server.ts';
import { postfix } from './servers/postfix.ts';

/** An authority that nobody knows but who is told. */
export interface Authority {
  readonly root: X509Certificate;
  /** A file with its certificate. */
  readonly roots: string;
  /** Makes a certificate for a server of these names, with that of the authority behind it. */
  certify(names: CertificateWish['names']): CertifiedKey;
}

export interface GuardedMx extends Authority {
  readonly server: RunningServer;
  /** The certificate that the server shows. */
  readonly leaf: X509Certificate;
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

/** Runs `body` with an authority of its own. */
export async function withAuthority(body: (authority: Authority) => Promise<void>): Promise<void> {
  const during = { notBefore: new Date(Date.now() - DAY), notAfter: new Date(Date.now() + DAY) };
  const own = makeCertificate({ names: [ROOT], ...during, authority: true });
  const folder = await mkdtemp(join(tmpdir(), 'mailward-roots-'));
  const roots = join(folder, 'roots.pem');
  await writeFile(roots, own.certificate);
  const certify = (names: CertificateWish['names']): CertifiedKey => {
    const { certificate, key } = makeCertificate({ names, ...during, issuer: { ...own, name: ROOT } });
    return { certificate: `${certificate}${own.certificate}`, key };
  };
  try {
    await body({ root: new X509Certificate(own.certificate), roots, certify });
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs `body` beside such a server, whose certificate bears `names`. */
export function withGuardedMx(
  t: TestContext,
  names: CertificateWish['names'],
  body: (mx: GuardedMx) => Promise<void>,
): Promise<void> {
  return withAuthority(async (authority) => {
    const tls = authority.certify(names);
    await withServer(t, postfix, { tls, accounts: ['all'] }, async (server) => {
      const conf = `MAIL_CONFIG=${server.folder}/conf`;
      const any = ['virtual_mailbox_domains = static:all', 'virtual_mailbox_maps = static:all/'];
      await server.exec('env', [conf, 'postconf', '-e', ...any]);
      await server.exec('env', [conf, 'postfix', 'reload']);
      await body({
        ...authority,
        server,
        leaf: new X509Certificate(tls.certificate),
        lettersOf: async (subject) =>
          (await server.mailbox('all')).filter((text) => text.includes(`\nSubject: ${subject}\n`)),
      });
    });
  });
}
