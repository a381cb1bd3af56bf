import { readFile } from 'node:fs/promises';
import { type Command, Option } from 'commander';
import type { Report } from '../../../finding/report.ts';
import { SEVERITIES, type Severity } from '../../../finding/rule.ts';
import { reportJson } from '../../../report/json.ts';
import { readReport } from '../../../report/read-json.ts';
import type { Dossier } from '../../../scan/dossier.ts';
import { judge } from '../../../scan/judge.ts';
import { newCommand } from '../command.ts';
import { DATA_OPTION, dataFolder } from '../data-folder.ts';
import { CannotError, EXIT, type ExitCode, type Io, UsageError, write, writeJson } from '../io.ts';
import { openRecordsOrFail } from '../records.ts';
import { printReport, writeReportFiles } from '../report-output.ts';
import { verdictOn } from '../verdict.ts';

interface ReportOptions {
  readonly again?: boolean;
  readonly list?: boolean;
  readonly json?: boolean;
  readonly html?: string;
  readonly sarif?: string;
  readonly verbose?: boolean;
  readonly failOn?: Severity;
  readonly data?: string;
}

/** Scans that `--list` shows. */
const LISTED = 50;

/** `mailward report`. */
export function build(io: Io, done: (code: ExitCode) => void): Command {
  return newCommand('report', 'Prints a stored scan, or judges it anew with what is known today. No packet is sent.', [
    ['mailward report --list', 'the scans that are kept'],
    ['mailward report 12', 'scan 12, as it was judged then'],
    ['mailward report 12 --again', 'the same sightings, judged with the knowledge of today'],
    ['mailward report report.json', 'a report that scan --json wrote'],
  ])
    .argument('[id|file]', 'the number of a stored scan, or a file with a JSON report')
    .option('--again', 'judge anew')
    .option('--list', 'list the scans that are kept')
    .option('--json', 'print one JSON object')
    .option('--html <FILE>', 'write a page')
    .option('--sarif <FILE>', 'write SARIF, for tools that watch code and servers')
    .option('--verbose', 'show all evidence')
    .addOption(new Option('--fail-on <SEVERITY>', 'exit with 1 at or above').choices(SEVERITIES.slice(1)))
    .option(...DATA_OPTION)
    .action(async (which: string | undefined, options: ReportOptions) => done(await run(which, options, io)));
}

async function run(which: string | undefined, options: ReportOptions, io: Io): Promise<ExitCode> {
  const folder = dataFolder(options.data, io.env);
  if (options.list === true) return list(folder, io);
  if (which === undefined) throw new UsageError('name a scan by its number, or a file; --list shows what is kept');
  const stored = /^\d+$/.test(which) ? await fromStore(Number(which), folder) : await fromFile(which);
  const report = options.again === true ? judgeAgain(stored) : stored;
  if (options.json === true) await writeJson(io, reportJson(report));
  else await printReport(report, { verbose: options.verbose === true }, io);
  await writeReportFiles(report, undefined, options);
  return options.failOn === undefined ? EXIT.fine : verdictOn(report, options.failOn);
}

async function list(folder: string, io: Io): Promise<ExitCode> {
  const records = openRecordsOrFail(folder);
  try {
    const scans = await records.listScans({ limit: LISTED });
    if (scans.length === 0) await write(io.stderr, `no scans are kept in ${folder}\n`);
    const width = Math.max(2, ...scans.map(({ id }) => String(id).length));
    for (const { id, target, grade, finishedAt } of scans) {
      await write(
        io.stdout,
        `${String(id).padStart(width)}  ${finishedAt.slice(0, 16).replace('T', ' ')}  ${grade.padEnd(2)}  ${target}\n`,
      );
    }
    return EXIT.fine;
  } finally {
    await records.close();
  }
}

async function fromStore(id: number, folder: string): Promise<Report> {
  const records = openRecordsOrFail(folder);
  try {
    const scan = await records.scan(id);
    if (scan === undefined)
      throw new UsageError(`there is no scan ${id} in ${folder}; mailward report --list shows what is kept`);
    return checked(scan.report, `scan ${id}`);
  } finally {
    await records.close();
  }
}

async function fromFile(path: string): Promise<Report> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (fault) {
    throw new UsageError(`${path} cannot be read: ${fault instanceof Error ? fault.message : String(fault)}`);
  }
  try {
    return checked(JSON.parse(text), path);
  } catch (fault) {
    if (fault instanceof SyntaxError) throw new UsageError(`${path} is no JSON: ${fault.message}`);
    throw fault;
  }
}

function checked(value: unknown, where: string): Report {
  const read = readReport(value);
  if ('fault' in read) throw new UsageError(`${where} is no report of mailward: ${read.fault}`);
  return read.report;
}

/** Judges what a report was made of. A dossier of another shape cannot be judged, and is said to be so. */
function judgeAgain(report: Report): Report {
  const dossier = report.dossier as Partial<Dossier>;
  if (
    typeof dossier.target !== 'string' ||
    !Array.isArray(dossier.servers) ||
    typeof dossier.domain !== 'object' ||
    !Array.isArray(dossier.unreached)
  ) {
    throw new CannotError('the report holds no dossier, so there is nothing to judge anew');
  }
  try {
    return judge(dossier as Dossier);
  } catch (fault) {
    throw new CannotError('the dossier of this report cannot be judged by this version', { cause: fault });
  }
}
