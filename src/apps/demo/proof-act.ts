import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attacks } from '../../drill/attacks/index.ts';
import { runDrill } from '../../drill/run.ts';
import type { DrillReport } from '../../finding/drill-report.ts';
import type { Clock } from '../../net/clock.ts';
import type { DnsServer } from '../../net/dns-server-address.ts';
import { CannotError } from '../cli/io.ts';
import { drillTools } from '../drill/tools.ts';
import { readConfig } from '../edge/config/config-read.ts';
import { type Gateway, openGateway } from '../edge/gateway.ts';
import { LEAVE } from './bounce-act.ts';
import { type DrilledCompany, exchangeCompany, startLooseCompany } from './companies.ts';
import { type LetterSent, sendLetters } from './honest-letters.ts';
import type { PracticeRange } from './practice-range.ts';

/** The same attacks against the same server, bare and behind the edge. */
export interface Proof {
  /** What the server is, in a few words. */
  readonly name: string;
  readonly before: DrillReport;
  readonly after: DrillReport;
  /** Honest letters that went through the edge meanwhile. */
  readonly letters: readonly LetterSent[];
}

/** Drills an Exchange and an old server that believes everybody, puts the edge in front of each, and drills again. */
export async function proveTheEdge(
  range: PracticeRange,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly [exchange: Proof, old: Proof]> {
  const old = await startLooseCompany(clock);
  try {
    return await Promise.all([
      proveFor(exchangeCompany(range), range.dns, clock, signal),
      proveFor(old, range.dns, clock, signal),
    ]);
  } finally {
    await old.close();
  }
}

async function proveFor(company: DrilledCompany, dns: DnsServer, clock: Clock, signal: AbortSignal): Promise<Proof> {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-demo-edge-'));
  let edge: Gateway | null = null;
  try {
    const before = await drillOf(company, company, clock, signal);
    edge = await openEdge(company, dns, folder, clock);
    const [door] = edge.listening;
    if (door === undefined) throw new CannotError('the edge opened no door');
    const letters = await sendLetters(door, company, clock);
    return { name: company.name, before, after: await drillOf(company, door, clock, signal), letters };
  } finally {
    await edge?.drain();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The edge with its standard settings and a list of who has a mailbox, but in a hurry where it makes strangers wait. */
function openEdge(
  { address, port, domain, host, recipient }: DrilledCompany,
  dns: DnsServer,
  data: string,
  clock: Clock,
): Promise<Gateway> {
  const list = join(data, 'recipients');
  writeFileSync(list, `${recipient}\n`);
  const config = readConfig(
    JSON.stringify({
      listen: ['127.0.0.1:0'],
      upstream: `${address}:${port}`,
      domains: [domain],
      hostName: host,
      resolver: `${dns.address}:${dns.port}`,
      recipients: { list, ask: false },
      greetWait: '50ms',
      drain: '1s',
    }),
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
    workers: 1,
  });
}

async function drillOf(
  { host, recipient, mailbox, attacks: names }: DrilledCompany,
  { address, port }: { readonly address: string; readonly port: number },
  clock: Clock,
  signal: AbortSignal,
): Promise<DrillReport> {
  const { apart, ...tools } = drillTools({ address, from: null, timeout: null }, clock, signal);
  const report = await runDrill(
    `${host}:25`,
    {
      host,
      address,
      port,
      // The range's servers trust nobody for where he comes from.
      near: false,
      hello: 'mailward-drill.attacker.test',
      sender: 'mallory@attacker.test',
      recipient,
      foreign: 'victim@elsewhere.test',
      date: new Date(clock.now()).toUTCString().replace('GMT', '+0000'),
      authorised: LEAVE,
      origin: null,
      apart,
      patience: 20_000,
      hold: 1,
    },
    attacks.filter(({ name }) => names.has(name)),
    { ...tools, mailbox },
  );
  if ('fault' in report) throw new CannotError(`${host} of the range cannot be drilled: ${report.fault}`);
  return report;
}
