import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command.ts';
import { type Missing, packages } from './packages.ts';

export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** A self-signed certificate for `names` with a fresh P-256 key, as PEM, good for `days`. Uses Debian's openssl. */
export async function selfSigned(names: readonly [string, ...string[]], days = 30): Promise<KeyPair | Missing> {
  const openssl = await packages(['openssl']);
  if (openssl.kind === 'missing') return openssl;
  const folder = await mkdtemp(join(tmpdir(), 'mailward-certificate-'));
  try {
    const [certificate, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
    const alternatives = `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`;
    const args = [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      String(days),
    ];
    await run(
      join(openssl.root, 'usr/bin/openssl'),
      [...args, '-subj', `/CN=${names[0]}`, '-addext', alternatives, '-keyout', key, '-out', certificate],
      {
        env: {
          ...process.env,
          LD_LIBRARY_PATH: openssl.libraries.join(':'),
          OPENSSL_CONF: join(openssl.root, 'etc/ssl/openssl.cnf'),
        },
      },
    );
    return { certificate: await readFile(certificate, 'utf8'), key: await readFile(key, 'utf8') };
  } finally {
    await rm(folder, { recursive: true });
  }
}
