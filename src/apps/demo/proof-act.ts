import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from '../../drill/attacks/index.ts';
import type { Mailbox } from '../../drill/mailbox.ts';
import { runDrill } from '../../drill/run.ts';
import type { DrillReport } from '../../finding/drill-report.ts';
import type { Clock } from '../../net/clock.ts';
import type { DnsServer } from '../../net/dns-server-address.ts';
import { CannotError } from '../cli/io.ts';
import { drillTools } from '../drill/tools.ts';
import { readConfig } from '../edge/config-read.ts';
import { type Gateway, openGateway } from '../edge/gateway.ts';
import { type LetterSent, sendLetters } from './honest-letters.ts';
import { startLooseCompany } from './loose-company.ts';

/** What the last act of the demo showed: the same attacks against the same server, bare and behind the edge. */
export interface Proof {
  readonly before: DrillReport;
  readonly after: DrillReport;
  /** Honest letters that went through the edge meanwhile. */
  readonly letters: readonly LetterSent[];
}

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
  'password-guessing',
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

/** Drills a server that believes everybody, puts the edge in front of it, and drills again. */
export async function proveTheEdge(dns: DnsServer, clock: Clock, signal: AbortSignal): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-demo-edge-'));
  const company = await startLooseCompany(clock);
  let edge: Gateway | null = null;
  try {
    const drill = (place: { readonly address: string; readonly port: number }) =>
      drillOf(`mx.${company.domain}:25`, place, company.recipient, company.mailbox, clock, signal);
    const before = await drill(company);
    edge = await openEdge(company, dns, folder, clock);
    const [door] = edge.listening;
    if (door === undefined) throw new CannotError('the edge opened no door');
    const letters = await sendLetters(door, company, clock);
    return { before, after: await drill(door), letters };
  } finally {
    await edge?.drain();
    await company.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The edge with its standard settings, but in a hurry where it makes strangers wait. */
function openEdge(
  { address, port, domain }: { readonly address: string; readonly port: number; readonly domain: string },
  dns: DnsServer,
  data: string,
  clock: Clock,
): Promise<Gateway> {
  const config = readConfig(
    `listen: ["127.0.0.1:0"]\nupstream: "${address}:${port}"\ndomains: [${domain}]\nhostName: mx.${domain}\nresolver: "${dns.address}:${dns.port}"\ngreetWait: 50ms\ndrain: 1s\n`,
    'the demo',
  );
  if ('faults' in config) throw new CannotError(config.faults.join('; '));
  return openGateway({
    config,
    data,
    clock,
    listen: () => undefined,
    noted: () => undefined,
    ticketKeys: undefined,
    worker: 0,
  });
}

async function drillOf(
  target: string,
  { address, port }: { readonly address: string; readonly port: number },
  recipient: string,
  mailbox: Mailbox,
  clock: Clock,
  signal: AbortSignal,
): Promise<DrillReport> {
  const { apart, ...tools } = drillTools({ address, from: null, timeout: null }, clock, signal);
  const report = await runDrill(
    target,
    {
      host: target.replace(/:\d+$/, ''),
      address,
      port,
      // The range's servers trust nobody for where he comes from.
      near: false,
      hello: 'mailward-drill.attacker.test',
      sender: 'mallory@attacker.test',
      recipient,
      foreign: 'victim@elsewhere.test',
      date: new Date(clock.now()).toUTCString().replace('GMT', '+0000'),
      authorised: 'the demo, against its own practice range',
      origin: null,
      apart,
      patience: 20_000,
      hold: 1,
    },
    attacks.filter(({ name }) => QUICK.has(name)),
    { ...tools, mailbox },
  );
  if ('fault' in report) throw new CannotError(`${target} of the range cannot be drilled: ${report.fault}`);
  return report;
}
