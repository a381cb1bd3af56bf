import type { Mailbox } from '../../drill/mailbox.ts';
import type { Clock } from '../../net/clock.ts';
import { listen, serve } from '../../net/listener.ts';
import { makeCertificate } from '../../net/tls-certificate.ts';
import { createLooseSession } from '../../range/loose-session.ts';
import { CannotError } from '../cli/io.ts';
import { PRACTICE_SERVERS, type PracticeRange } from './practice-range.ts';

/** A company that drills its own mail server: where the server is, and the mailbox of the one who reads its mail. */
export interface DrilledCompany {
  /** What its server is, in a few words. */
  readonly name: string;
  readonly domain: string;
  readonly host: string;
  readonly recipient: string;
  readonly address: string;
  readonly port: number;
  readonly mailbox: Mailbox;
  /** The attacks it tries, by name. */
  readonly attacks: ReadonlySet<string>;
  close(): Promise<void>;
}

/** What Exchange's recorded words decide; of what it does with letters a persona knows nothing. */
const ON_WORDS: ReadonlySet<string> = new Set([
  'name-by-greeting',
  'name-by-ehlo',
  'name-by-help',
  'name-by-errors',
  'harvest-vrfy',
  'harvest-expn',
  'bounce-to-nobody',
  'xclient',
  'auth-in-clear',
  'ntlm-names',
  'password-guessing',
  'open-relay',
]);

/** Attacks that take a second or two: those that hold connections for their time, or send letters by the hundred, are left out. */
const QUICK: ReadonlySet<string> = new Set([
  'name-by-greeting',
  'name-by-errors',
  'harvest-vrfy',
  'harvest-expn',
  'mail-before-hello',
  'control-bytes',
  'web-request',
  'xclient',
  'tls-injection',
  'auth-in-clear',
  'ntlm-names',
  'password-guessing',
  'cancelled-logins',
  'blind-pipelining',
  'split-header',
  'smuggled-bare-lf',
  'smuggled-double-cr',
  'open-relay',
  'overlong-command',
  'overlong-address',
  'many-header-fields',
  'many-hops',
]);

/** The company of the range whose Exchange was just visited. */
export function exchangeCompany({ pins, sink }: PracticeRange): DrilledCompany {
  const server = PRACTICE_SERVERS.find(({ account }) => account !== undefined);
  const pin = server === undefined ? undefined : pins.get(server.host);
  if (server === undefined || pin?.port == null) throw new CannotError('the range has no company that reads its mail');
  const { domain, host, account } = server;
  return {
    name: 'Exchange 2007',
    domain,
    host,
    recipient: `${account}@${domain}`,
    address: pin.address,
    port: pin.port,
    mailbox: sink,
    attacks: ON_WORDS,
    close: async () => undefined,
  };
}

const DOMAIN = 'forge.test';
const ACCOUNT = 'smith';
const IDLE_MS = 120_000;
const DAY_MS = 86_400_000;

/** Starts a company whose mail server believes everybody, on a free port of 127.0.0.1. */
export async function startLooseCompany(clock: Clock): Promise<DrilledCompany> {
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
    name: 'an old server',
    domain: DOMAIN,
    host,
    recipient: `${ACCOUNT}@${DOMAIN}`,
    address: listening.address,
    port: listening.port,
    mailbox: { holding: async (token) => messages.filter((message) => message.includes(token)) },
    attacks: QUICK,
    close: () => listening.close(),
  };
}
