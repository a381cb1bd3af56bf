/** The loose server of the practice range, on a port of its own, with a folder in which the mail of its accounts arrives. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/net/clock.ts';
import { listen, serve } from '../../src/net/listener.ts';
import { makeCertificate } from '../../src/net/tls-certificate.ts';
import { createLooseSession } from '../../src/range/loose-session.ts';

export interface LooseServer extends AsyncDisposable {
  readonly address: string;
  readonly port: number;
  /** One file a message. */
  readonly folder: string;
}

export async function looseServer({ tls = true }: { readonly tls?: boolean } = {}): Promise<LooseServer> {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-loose-'));
  const now = Date.now();
  const certificate = makeCertificate({
    names: ['mx.example.test'],
    notBefore: new Date(now - 86_400_000),
    notAfter: new Date(now + 86_400_000),
  });
  let messages = 0;
  const listening = await listen({
    address: '127.0.0.1',
    port: 0,
    onConnection(socket) {
      const session = createLooseSession({
        host: 'mx.example.test',
        domain: 'example.test',
        accounts: ['alice', 'postmaster'],
        deliver: (_, message) => {
          void writeFile(join(folder, `${++messages}.eml`), message);
        },
        tls,
      });
      serve(socket, session, { clock: systemClock, certificate, idle: 120_000 });
    },
  });
  return {
    address: listening.address,
    port: listening.port,
    folder,
    async [Symbol.asyncDispose]() {
      await listening.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
