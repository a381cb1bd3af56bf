import { readFileSync } from 'node:fs';
import type { Clock } from '../../net/clock.ts';
import { listenDns } from '../../net/dns-listener.ts';
import type { DnsServer } from '../../net/dns-server-address.ts';
import { type Listening, listen, serve } from '../../net/listener.ts';
import { makeCertificate } from '../../net/tls-certificate.ts';
import { createSink, type Sink, type TakenMessage, writeBounce } from '../../range/bounce.ts';
import { type Persona, readPersona } from '../../range/persona.ts';
import { createPersonaSession } from '../../range/persona-session.ts';
import { readZone } from '../../range/zone.ts';
import { createZoneServer } from '../../range/zone-server.ts';
import type { Pin } from '../../scan/look.ts';

/** One company of the range: its domain, its mail server, and what plays it. */
export interface PracticeServer {
  readonly domain: string;
  readonly host: string;
  readonly persona: string;
  /** Who has a mailbox there; letters to anybody else bounce. */
  readonly account?: string;
}

/** The companies, in the order in which the attacker visits them. */
export const PRACTICE_SERVERS: readonly PracticeServer[] = [
  { domain: 'harbour.test', host: 'mail.harbour.test', persona: 'exchange-2007', account: 'pilot' },
  { domain: 'orchard.test', host: 'owa.orchard.test', persona: 'exchange-2003' },
  { domain: 'quarry.test', host: 'quarry-pdc.quarry.test', persona: 'exchange-2000' },
  { domain: 'mill.test', host: 'mx.mill.test', persona: 'sendmail' },
];

/** A running range: where its DNS answers, where its servers stand, and the mailbox of all who read mail in it. */
export interface PracticeRange {
  readonly dns: DnsServer;
  /** Where each server is, by its name in DNS: nobody but root may listen on port 25. */
  readonly pins: ReadonlyMap<string, Pin>;
  readonly sink: Sink;
  close(): Promise<void>;
}

const IDLE_MS = 120_000;

/** Starts DNS, mail servers and a mailbox on free ports of 127.0.0.1. Needs no root and no network. */
export async function startPracticeRange(clock: Clock): Promise<PracticeRange> {
  const open: Listening[] = [];
  const close = async () => {
    await Promise.all(open.map((listening) => listening.close()));
  };
  try {
    const dns = await listenDns('127.0.0.1', 0, createZoneServer(readZone(dataFile('range.zone'))));
    open.push(dns);
    const sink = createSink();
    const pins = new Map<string, Pin>();
    for (const server of PRACTICE_SERVERS) {
      const listening = await openServer(server, sink, clock);
      open.push(listening);
      pins.set(server.host, { address: listening.address, port: listening.port });
    }
    return { dns: { address: dns.address, port: dns.port }, pins, sink, close };
  } catch (fault) {
    await close();
    throw fault;
  }
}

function openServer(
  { domain, host, persona: name, account }: PracticeServer,
  sink: Sink,
  clock: Clock,
): Promise<Listening> {
  const persona = loadPersona(name);
  const now = new Date(clock.now());
  const certificate = makeCertificate({
    names: [host],
    notBefore: new Date(now.getTime() - 86_400_000),
    notAfter: new Date(now.getTime() + 365 * 86_400_000),
  });
  const took = (message: TakenMessage) => {
    if (message.recipient.toLowerCase() === `${account}@${domain}`) sink.deliver(message.bytes);
    else if (message.sender !== '')
      sink.deliver(writeBounce(dataFile('bounces/exchange-2007.eml'), domain, message, now));
  };
  return listen({
    address: '127.0.0.1',
    port: 0,
    onConnection(socket) {
      const peer = socket.remoteAddress ?? '127.0.0.1';
      const session = createPersonaSession(persona, { host, domain, peer, now: () => clock.now(), took });
      serve(socket, session, { clock, certificate, idle: IDLE_MS });
    },
  });
}

/** A persona of the range, by the name of its file. */
function loadPersona(name: string): Persona {
  return readPersona(dataFile(`personas/${name}.smtp`));
}

function dataFile(path: string): string {
  return readFileSync(new URL(`../../range/${path}`, import.meta.url), 'utf8');
}
