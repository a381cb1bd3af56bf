import { type Command, Option } from 'commander';
import type { Report } from '../../../finding/report.ts';
import { SEVERITIES, type Severity } from '../../../finding/rule.ts';
import type { DnsServer } from '../../../net/dns-server-address.ts';
import { type Comparison, compareReports } from '../../../report/compare.ts';
import { reportJson } from '../../../report/json.ts';
import { readReport } from '../../../report/read-json.ts';
import { judge } from '../../../scan/judge.ts';
import { look } from '../../../scan/look.ts';
import type { ScanTools } from '../../../scan/probe.ts';
import { domainName, type Target } from '../../../scan/target.ts';
import type { Records } from '../../../store/records.ts';
import { scanTools } from '../../compose.ts';
import { consentSecret, consentToken } from '../../consent.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION, dataFolder } from '../data-folder.ts';
import { inOrder } from '../in-order.ts';
import { bounceOptions, type IntrusiveOptions, mayBeScanned } from '../intrusive.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { drawnProgress, silentProgress } from '../progress.ts';
import { addReachOptions, collectPin, portList, positive, wholeNumber } from '../reach-options.ts';
import { openRecords } from '../records.ts';
import { printReport, writeReportFiles } from '../report-output.ts';
import { givenTargets, listedTargets } from '../scan-targets.ts';
import { styleOf } from '../style.ts';
import { verdictOn } from '../verdict.ts';

interface ScanOptions extends IntrusiveOptions {
  readonly input?: string;
  readonly smtpPorts: readonly number[];
  readonly httpPorts?: readonly number[];
  readonly concurrency: number;
  readonly json?: boolean;
  readonly html?: string;
  readonly sarif?: string;
  readonly save?: boolean;
  readonly compare?: string;
  readonly failOn: Severity;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly resolver?: readonly DnsServer[];
  readonly timeout?: number;
  readonly token?: string;
}

/** `mailward scan`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  const command = newCommand(
    'scan',
    'Shows what a stranger learns about a mail domain or server, and which known holes that opens.',
    [
      ['mailward scan example.com', 'a domain, as any sending server sees it'],
      ['mailward scan mx.example.com:25', 'one server, without DNS'],
      ['mailward scan --input domains.txt --json > reports.ndjson', 'many, one report a line'],
      ['mailward scan example.com --compare last --fail-on medium', 'in a nightly job: exit code 1 if it fails'],
      ['mailward scan example.com --html report.html', 'a page to hand on'],
      [
        'mailward scan example.com --depth intrusive --authorised "Ann, ticket 4711" --bounce-from ann@example.com --mailbox ~/Maildir',
        'your own domain: reads the bounce of one letter to nobody, too',
      ],
    ],
  );
  return addReachOptions(command)
    .argument('[target...]', 'a domain, or host:port for one server without DNS')
    .option('--input <FILE>', 'read targets from a file, one a line; - is standard input')
    .addOption(
      new Option('--depth <DEPTH>', 'how far to go').choices(['passive', 'polite', 'intrusive']).default('polite'),
    )
    .option('--authorised <WHO-AND-WHY>', 'who allows an intrusive scan, and why: the letter it sends says so')
    .option('--bounce-from <ADDRESS>', 'write one letter to nobody from this address of yours (intrusive)')
    .option(
      '--mailbox <DIR|URL>',
      'where the report comes back: a Maildir, a folder, or imaps://user@host (password: $MAILWARD_MAILBOX_PASSWORD)',
    )
    .addOption(new Option('--bounce-wait <SECONDS>', 'how long the report may take').argParser(positive).default(60))
    .addOption(new Option('--smtp-ports <PORTS>', 'SMTP ports to visit').argParser(portList).default([25], '25'))
    .addOption(
      new Option('--http-ports <PORTS>', 'web ports of the mail servers to look at, for example 443').argParser(
        portList,
      ),
    )
    .addOption(
      new Option('--connect <NAME=IP[:PORT]>', 'find a host there instead of asking DNS (again for more)').argParser(
        collectPin,
      ),
    )
    .addOption(new Option('--concurrency <N>', 'endpoints visited at the same time').argParser(wholeNumber).default(32))
    .option('--json', 'print one JSON object a target')
    .option('--html <FILE>', 'write a page')
    .option('--sarif <FILE>', 'write SARIF, for tools that watch code and servers')
    .option('--save', 'keep the scan for later judging and comparing (the default)')
    .option('--no-save', 'keep nothing')
    .option('--compare <last|ID>', 'tell what changed since an earlier scan')
    .addOption(
      new Option('--fail-on <SEVERITY>', 'exit with 1 at or above').choices(SEVERITIES.slice(1)).default('high'),
    )
    .option('--verbose', 'show all evidence')
    .option('--quiet', 'no progress')
    .option(
      '--token <DOMAIN>',
      'print the record by which a domain allows drills and intrusive scans from here, and do nothing else',
    )
    .option(...DATA_OPTION)
    .action(async (targets: string[], options: ScanOptions) => done(await run(targets, options, io)));
}

async function run(given: readonly string[], options: ScanOptions, io: Io): Promise<ExitCode> {
  if (options.token !== undefined) return printToken(options.token, options, io);
  if (given.length === 0 && options.input === undefined)
    throw new UsageError('name a domain, a host:port, or --input FILE');
  const many = given.length > 1 || options.input !== undefined;
  if (many && (options.html !== undefined || options.sarif !== undefined))
    throw new UsageError('--html and --sarif take one target');
  const reach = {
    resolvers: options.resolver ?? null,
    timeout: options.timeout ?? null,
    concurrency: options.concurrency,
  };
  const targets = givenTargets(given);
  const bounces = bounceOptions(options, io);
  const tools = { ...scanTools(reach, io.clock, io.signal), ...(bounces === null ? {} : { bounces }) };
  const records = openRecords(
    dataFolder(options.data, io.env),
    options.save !== false || options.compare !== undefined,
    io,
  );
  let code: ExitCode = EXIT.fine;
  const worse = (than: ExitCode) => {
    code = Math.max(code, than) as ExitCode;
  };
  const progress = styleOf(io, options).progress ? drawnProgress(io.stderr, io.clock) : silentProgress;
  const complain = (fault: string) => {
    worse(EXIT.usage);
    progress.clear();
    io.stderr.write(`mailward scan: ${fault}\n`);
  };
  async function* all(): AsyncGenerator<Target> {
    yield* targets;
    if (options.input !== undefined) yield* listedTargets(options.input, io.stdin, complain);
  }
  try {
    const scans = inOrder(all(), options.concurrency, async (target) => {
      progress.began(target.text);
      try {
        if (!(await mayBeScanned(target, options, tools, io, complain))) return null;
        return await scanOne(target, options, tools, records);
      } finally {
        progress.ended();
      }
    });
    for await (const result of scans) {
      if (result === null) continue;
      progress.clear();
      if (options.json) await writeJson(io, reportJson(result.report));
      else await printReport(result.report, { ...result, verbose: options.verbose === true }, io);
      await writeReportFiles(result.report, result.comparison, options);
      worse(verdictOn(result.report, options.failOn));
      if (io.signal.aborted) throw new CannotError('interrupted; what was scanned so far is printed and kept');
    }
    return code;
  } finally {
    progress.clear();
    tools.resolver.close();
    await bounces?.close();
    await records?.close();
  }
}

/** Prints the TXT record that lets a public server of this domain be drilled from this installation. */
async function printToken(text: string, { data, json }: ScanOptions, io: Io): Promise<ExitCode> {
  const domain = domainName(text);
  if (domain === undefined) throw new UsageError(`${JSON.stringify(text)} is no domain name`);
  const folder = dataFolder(data, io.env);
  let token: string;
  try {
    token = consentToken(domain, consentSecret(folder));
  } catch (fault) {
    throw new CannotError(`the secret of this installation cannot be kept in ${folder}`, { cause: fault });
  }
  const record = { name: `_mailward.${domain}`, type: 'TXT', data: `mailward=${token}` };
  if (json === true) await writeJson(io, { schema: 'mailward/token/1', domain, token, record });
  else await write(io.stdout, `${record.name}. IN TXT "${record.data}"\n`);
  return EXIT.fine;
}

interface ScanResult {
  readonly report: Report;
  readonly id?: number;
  readonly comparison?: Comparison;
}

async function scanOne(
  target: Target,
  options: ScanOptions,
  tools: ScanTools,
  records: Records | null,
): Promise<ScanResult> {
  const dossier = await look(
    target,
    {
      depth: options.depth,
      smtpPorts: options.smtpPorts,
      ...(options.httpPorts === undefined ? {} : { httpPorts: options.httpPorts }),
      pins: options.connect ?? new Map(),
    },
    tools,
  );
  const report = judge(dossier);
  if (records === null) return { report };
  const earlier =
    options.compare === undefined ? undefined : await earlierReport(report.target, options.compare, records);
  const comparison = earlier === undefined ? {} : { comparison: compareReports(earlier, report) };
  if (options.save === false) return { report, ...comparison };
  const { target: name, depth, startedAt, finishedAt, grade } = report;
  const id = await records.addScan({
    target: name,
    depth,
    startedAt,
    finishedAt,
    grade,
    dossier,
    report: reportJson(report),
  });
  return { report, id, ...comparison };
}

/** The report to compare with; undefined if the target was never scanned before, which is no error in a nightly job. */
async function earlierReport(target: string, which: string, records: Records): Promise<Report | undefined> {
  const stored = which === 'last' ? await records.lastScan(target) : await records.scan(scanId(which));
  if (stored === undefined && which !== 'last')
    throw new UsageError(`there is no scan ${which}; mailward report --list shows what is kept`);
  if (stored === undefined) return undefined;
  const read = readReport(stored.report);
  if ('fault' in read) throw new CannotError(`scan ${stored.id} cannot be read: ${read.fault}`);
  return read.report;
}

function scanId(text: string): number {
  const id = Number(text);
  if (!Number.isSafeInteger(id) || id < 1)
    throw new UsageError(`--compare takes "last" or the number of a scan, not ${JSON.stringify(text)}`);
  return id;
}
