import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import type { NdrReport } from '../../../finding/ndr-report.ts';
import { POLITE } from '../../../net/pace.ts';
import { drillJson } from '../../../report/drill-json.ts';
import { renderDrillsHtml } from '../../../report/drills-html.ts';
import { renderHtml } from '../../../report/html.ts';
import { ndrJson } from '../../../report/ndr-json.ts';
import { renderStep, type StoryStep } from '../../../report/story.ts';
import { judge } from '../../../scan/judge.ts';
import { look } from '../../../scan/look.ts';
import { scanTools } from '../../compose.ts';
import { readBounceOf } from '../../demo/bounce-act.ts';
import {
  PRACTICE_SERVERS,
  type PracticeRange,
  type PracticeServer,
  startPracticeRange,
} from '../../demo/practice-range.ts';
import { type Proof, proveTheEdge } from '../../demo/proof-act.ts';
import { rangeReport } from '../../demo/range-report.ts';
import {
  type Attacked,
  bounceStep,
  closingStep,
  drillStep,
  edgeStep,
  holesStep,
  mailMapStep,
  openingStep,
  visitStep,
} from '../../demo/story.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, write, writeJson } from '../io.ts';
import { save } from '../report-output.ts';
import { styleOf } from '../style.ts';

interface DemoOptions {
  readonly exit?: boolean;
  readonly json?: boolean;
  readonly html: string;
}

/** `mailward demo`. */
export function build(io: Io, done: (code: ExitCode) => void) {
  return newCommand(
    'demo',
    "Replays an attacker's first day against a practice range on this machine. Needs no network and no root.",
    [
      ['mailward demo', 'the story; the range then stays up to be scanned by hand'],
      ['mailward demo --exit', 'the story alone'],
      ['mailward demo --exit --json', 'for a program'],
    ],
  )
    .option('--exit', 'end after the summary')
    .option('--json', 'print one JSON object')
    .addOption(
      new Option('--html <FILE>', 'where the page goes').default(
        join(tmpdir(), 'mailward-demo.html'),
        'mailward-demo.html among the temporary files',
      ),
    )
    .option(...DATA_OPTION)
    .action(async (options: DemoOptions) => done(await run(options, io)));
}

async function run(options: DemoOptions, io: Io): Promise<ExitCode> {
  const began = io.clock.monotonic();
  const range = await startPracticeRange(io.clock);
  try {
    const { reports, bounce } = await attack(range, options.json === true, io);
    const proofs = await proveTheEdge(range, io.clock, io.signal);
    goOn(io);
    if (options.json !== true) {
      await tell(drillStep(proofs), 9, io);
      await tell(edgeStep(proofs), 10, io);
    }
    const seconds = Math.round((io.clock.monotonic() - began) / 100) / 10;
    const drillPage = options.html.replace(/(\.html?)?$/i, '-drill.html');
    await save(drillPage, renderDrillsHtml(proofs));
    await save(options.html, renderHtml(rangeReport(reports.map(({ report }) => report))));
    if (options.json === true)
      await writeJson(io, demoJson(reports, bounce, proofs, [options.html, drillPage], seconds));
    else await tell(closingStep(reports, [options.html, drillPage], seconds), 11, io);
    if (options.exit !== true) await stayUp(range, io);
    return EXIT.fine;
  } finally {
    await range.close();
  }
}

/** After Ctrl-C there is nothing to tell: what was cut off was not seen. */
function goOn(io: Io): void {
  if (io.signal.aborted) throw new CannotError('interrupted');
}

async function attack(
  range: PracticeRange,
  silent: boolean,
  io: Io,
): Promise<{ reports: Attacked[]; bounce: NdrReport }> {
  const asked = scanTools({ resolvers: [range.dns], timeout: 10, concurrency: 8 }, io.clock, io.signal, {
    ...POLITE,
    gap: 0,
  });
  const tools = { ...asked, asker: { hostName: 'attacker.test', mailbox: 'mallory@attacker.test' } };
  const say = async (step: StoryStep, number: number) => {
    if (!silent) await tell(step, number, io);
  };
  try {
    await say(openingStep(range), 1);
    const reports: Attacked[] = [];
    for (const server of PRACTICE_SERVERS) {
      const target = { kind: 'domain', domain: server.domain, text: server.domain } as const;
      const dossier = await look(target, { depth: 'polite', smtpPorts: [25], pins: range.pins }, tools);
      reports.push({ server, report: judge(dossier) });
    }
    await say(mailMapStep(reports), 2);
    for (const [index, attacked] of reports.entries()) await say(visitStep(attacked), index + 3);
    const [first] = PRACTICE_SERVERS as [PracticeServer];
    goOn(io);
    const { report, bounce } = await readBounceOf(first, range, tools);
    goOn(io);
    const again = { server: first, report };
    reports[0] = again;
    await say(bounceStep(bounce, again), 7);
    await say(holesStep(reports), 8);
    return { reports, bounce };
  } finally {
    tools.resolver.close();
  }
}

async function tell(step: StoryStep, number: number, io: Io): Promise<void> {
  goOn(io);
  for (const line of renderStep(step, number, styleOf(io))) await write(io.stdout, `${line}\n`);
}

function demoJson(
  reports: readonly Attacked[],
  bounce: NdrReport,
  proofs: readonly [exchange: Proof, old: Proof],
  files: readonly string[],
  seconds: number,
): object {
  const drills = proofs.map(({ name, before, after, letters }) => ({
    server: name,
    before: drillJson(before),
    after: drillJson(after),
    letters,
  }));
  const [, old] = proofs;
  const servers = reports.map(({ server, report }) => ({
    name: server.host,
    identity: report.servers[0]?.endpoints[0]?.identity ?? null,
    grade: report.grade,
  }));
  return {
    schema: 'mailward/demo/1',
    servers,
    bounce: ndrJson(bounce),
    before: drillJson(old.before),
    after: drillJson(old.after),
    letters: proofs.flatMap(({ letters }) => letters),
    drills,
    files,
    seconds,
  };
}

/** Keeps the range up until Ctrl-C, and says how to scan it by hand. */
async function stayUp({ dns, pins }: PracticeRange, io: Io): Promise<void> {
  const [name, pin] = [...pins][0] ?? [];
  const domain = PRACTICE_SERVERS[0]?.domain ?? '';
  await write(
    io.stderr,
    `\nThe range stays up until Ctrl-C. In another terminal:\n  mailward scan ${domain} --resolver ${dns.address}:${dns.port} --connect ${name}=${pin?.address}:${pin?.port}\n`,
  );
  if (io.signal.aborted) return;
  await new Promise<void>((resolve) => {
    // A timer keeps the process alive: listening sockets of a range that nobody visits may not.
    const awake = setInterval(() => undefined, 60_000);
    io.signal.addEventListener('abort', () => {
      clearInterval(awake);
      resolve();
    });
  });
}
