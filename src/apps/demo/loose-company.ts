import type { Mailbox } from '../../drill/mailbox.ts';
import type { Clock } from '../../net/clock.ts';
import { listen, serve } from '../../net/listener.ts';
import { makeCertificate } from '../../net/tls-certificate.ts';
import { createLooseSession } from '../../range/loose-session.ts';

/** A company whose mail server believes everybody, and the mailbox of the one who reads its mail. */
export interface LooseCompany {
  readonly domain: string;
  readonly recipient: string;
  readonly address: string;
  readonly port: number;
  readonly mailbox: Mailbox & { readonly messages: readonly Buffer[] };
  close(): Promise<void>;
}

const DOMAIN = 'forge.test';
const ACCOUNT = 'smith';
const IDLE_MS = 120_000;
const DAY_MS = 86_400_000;

/** Starts it on a free port of 127.0.0.1. */
export async function startLooseCompany(clock: Clock): Promise<LooseCompany> {
  const messages: Buffer[] = [];
  const now = clock.now();
  const host = `mx.${DOMAIN}`;
  const certificate = makeCertificate({
    names: [host],
    notBefore: new Date(now - DAY_MS),
    notAfter: new Date(now + DAY_MS),
  });
  const listening = await listen({
    address: '127.0.0.1',
    port: 0,
    onConnection(socket) {
      const session = createLooseSession({
        host,
        domain: DOMAIN,
        accounts: [ACCOUNT, 'postmaster'],
        deliver: (_, message) => void messages.push(message),
        tls: true,
      });
      serve(socket, session, { clock, certificate, idle: IDLE_MS });
    },
  });
  return {
    domain: DOMAIN,
    recipient: `${ACCOUNT}@${DOMAIN}`,
    address: listening.address,
    port: listening.port,
    mailbox: { messages, holding: async (token) => messages.filter((message) => message.includes(token)) },
    close: () => listening.close(),
  };
}
