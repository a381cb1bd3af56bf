import { hostname } from 'node:os';
import type { Command } from 'commander';
import type { Attack } from '../../../drill/attack.ts';
import { attacks } from '../../../drill/attacks/index.ts';
import { costOf } from '../../../drill/holding.ts';
import { type DrillTools, runDrill } from '../../../drill/run.ts';
import type { Briefing } from '../../../drill/scout.ts';
import type { DrillReport } from '../../../finding/drill-report.ts';
import { atLeast, type Severity } from '../../../finding/rule.ts';
import { UnreachedError } from '../../../finding/unreached.ts';
import { createResolver } from '../../../net/dns-resolver.ts';
import { systemServers } from '../../../net/dns-server-address.ts';
import type { Resolver } from '../../../net/resolver.ts';
import { drillJson } from '../../../report/drill-json.ts';
import { renderDrill, renderPlan } from '../../../report/drill-text.ts';
import { isInside } from '../../../wire/ip/address.ts';
import { askConsent, consentSecret, consentToken } from '../../consent.ts';
import { type MailPlace, mailPlace } from '../../drill/mail-place.ts';
import { type DrillTarget, findTarget } from '../../drill/target.ts';
import { drillTools } from '../../drill/tools.ts';
import { newCommand } from '../command.ts';
import { dataFolder } from '../data-folder.ts';
import { addDrillOptions, type DrillOptions } from '../drill-options.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { mayBeWritten, save } from '../report-output.ts';
import { styleOf } from '../style.ts';

/** `mailward drill`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  const command = newCommand(
    'drill',
    'Plays harmless copies of attacks against your own mail server, and tells what got through.',
    [
      ['mailward drill --plan', 'what each attack would send; nothing is sent'],
      [
        'mailward drill 10.0.0.5:25 --authorised "Ann, monthly test" --recipient drill@example.com',
        'a server of your network',
      ],
      [
        'mailward drill mx.example.com:25 --authorised "Ann, ticket 4711"',
        'a public one, once its domain carries your token',
      ],
      [
        'mailward drill localhost:25 --authorised "Ann, new edge" --only smuggled-bare-lf,open-relay',
        'some attacks only',
      ],
    ],
  );
  return addDrillOptions(command).action(async (target: string | undefined, options: DrillOptions) =>
    done(await run(target, options, io)),
  );
}

async function run(text: string | undefined, options: DrillOptions, io: Io): Promise<ExitCode> {
  const { only } = options;
  const chosen = attacks.filter(({ name }) => only === undefined || only.includes(name));
  if (options.plan === true) {
    await printPlan(chosen, options, io);
    return EXIT.fine;
  }
  if (text === undefined) throw new UsageError('name the server as host:port; --plan tells what would be sent');
  if (options.html !== undefined) await mayBeWritten(options.html);
  const resolver = createResolver({ servers: options.resolver ?? systemServers(), clock: io.clock });
  try {
    const target = await permitted(text, options, resolver, io);
    const origin = options.origin === undefined ? null : await permitted(options.origin, options, resolver, io);
    const report = await drill(target, origin, chosen, options, io);
    if (options.json === true) await writeJson(io, drillJson(report));
    else
      for (const line of renderDrill(report, { ...styleOf(io), verbose: options.verbose === true }))
        await write(io.stdout, `${line}\n`);
    if (options.html !== undefined) {
      const { renderDrillHtml } = await import('../../../report/drill-html.ts');
      await save(options.html, renderDrillHtml(report));
    }
    if (io.signal.aborted) throw new CannotError('interrupted; what was tried until then is told above');
    return gotThrough(report, options.failOn) ? EXIT.found : EXIT.fine;
  } finally {
    resolver.close();
  }
}

/** A target that was found and may be drilled. Throws what keeps it from that. */
async function permitted(text: string, options: DrillOptions, resolver: Resolver, io: Io): Promise<DrillTarget> {
  const target = await findTarget(text, resolver);
  if ('fault' in target) throw target.usage ? new UsageError(target.fault) : new CannotError(target.fault);
  const consent = await askConsent({
    host: target.host,
    addresses: target.addresses,
    authorised: options.authorised,
    token: (domain) => consentToken(domain, consentSecret(dataFolder(options.data, io.env))),
    resolver,
  });
  if (!consent.granted) throw new UsageError(consent.because);
  return target;
}

async function printPlan(chosen: readonly Attack[], options: DrillOptions, io: Io): Promise<void> {
  const planned = chosen.map((attack) => {
    const { name, title, threat, control, severity } = attack;
    return { attack: name, title, threat, control, severity, cost: costOf(attack, options.hold) };
  });
  if (options.json === true) {
    for (const one of planned) await writeJson(io, { schema: 'mailward/drill-plan/1', ...one });
    return;
  }
  for (const line of renderPlan(planned, styleOf(io))) await write(io.stdout, `${line}\n`);
}

async function drill(
  target: DrillTarget,
  origin: DrillTarget | null,
  chosen: readonly Attack[],
  options: DrillOptions,
  io: Io,
): Promise<DrillReport> {
  const [address] = target.addresses;
  const { apart, ...tools } = drillTools(
    { address, from: options.from ?? null, timeout: options.timeout ?? null },
    io.clock,
    io.signal,
  );
  const mailbox = await mailboxOf(options, io);
  const shown = styleOf(io, { quiet: options.quiet === true }).progress;
  const behind = origin === null ? null : { address: origin.addresses[0], port: origin.port };
  try {
    const report = await runDrill(target.text, { ...briefingOf(target, options, io), origin: behind, apart }, chosen, {
      ...tools,
      mailbox,
      ...(shown ? { progress: progressOn(options.hold, io) } : {}),
    });
    if ('fault' in report) throw new CannotError(`${target.text} cannot be drilled: ${report.fault}`);
    return report;
  } catch (fault) {
    // A mailbox that is lost on the way proves nothing: an empty one would look like a server that stops everything.
    throw fault instanceof UnreachedError ? new CannotError(fault.message, { cause: fault }) : fault;
  } finally {
    if (shown) io.stderr.write(CLEARED);
    await mailbox?.close();
  }
}

/** The mailbox that was named, once it has been looked into. */
async function mailboxOf({ mailbox: text }: DrillOptions, io: Io): Promise<MailPlace | null> {
  if (text === undefined) return null;
  const place = mailPlace(text, io.env['MAILWARD_MAILBOX_PASSWORD'], io.clock.now() - CLOCK_SKEW_MS);
  if ('fault' in place) throw new UsageError(place.fault);
  try {
    await place.holding('mailward drill');
  } catch (fault) {
    throw fault instanceof UnreachedError ? new CannotError(fault.message, { cause: fault }) : fault;
  }
  return place;
}

/** Tells on one line of the terminal which attack is tried, and how long it may take. */
function progressOn(hold: number, io: Io): NonNullable<DrillTools['progress']> {
  return (attack, number, of) =>
    io.stderr.write(`${CLEARED}${number} of ${of}: ${attack.name}, ${costOf(attack, hold).seconds} s at most`);
}

/** Empties the line that the cursor is on. */
const CLEARED = '\r\x1b[K';

/** How long an answer to an attack is waited for, unless --timeout says otherwise. */
const ANSWER_MS = 20_000;

/** How far the clock of a mailbox’s machine may be behind ours. */
const CLOCK_SKEW_MS = 5_000;

function briefingOf(
  { host, port, addresses }: DrillTarget,
  options: DrillOptions,
  io: Io,
): Omit<Briefing, 'origin' | 'apart'> {
  const [address] = addresses;
  const own = hostname();
  // A name that says what it is, and that nobody can own (RFC 2606), where this machine has no full one.
  const hello = options.hello ?? `mailward-drill.${own.includes('.') ? own : 'invalid'}`;
  return {
    host,
    address,
    port,
    // Whoever names an address to attack from says that the server does not trust it.
    near: isInside(address) && options.from === undefined,
    hello,
    sender: options.sender ?? `drill@${hello}`,
    recipient: options.recipient ?? null,
    foreign: options.foreign,
    patience: options.timeout === undefined ? ANSWER_MS : options.timeout * 1000,
    hold: options.hold,
    date: new Date(io.clock.now()).toUTCString().replace('GMT', '+0000'),
    authorised: options.authorised ?? '',
  };
}

function gotThrough({ attacks: results }: DrillReport, threshold: Severity): boolean {
  return results.some(
    ({ outcome, severity }) => outcome === 'harmed' || (outcome === 'passed' && atLeast(severity, threshold)),
  );
}
