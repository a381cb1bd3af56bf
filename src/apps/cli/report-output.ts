import { randomBytes } from 'node:crypto';
import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Report } from '../../finding/report.ts';
import { wrapped } from '../../report/columns.ts';
import type { Comparison } from '../../report/compare.ts';
import { renderText } from '../../report/text.ts';
import { CannotError, type Io, UsageError, write } from './io.ts';
import { packageVersion } from './package-version.ts';
import { styleOf } from './style.ts';

/** What goes with a report on a terminal. */
export interface Shown {
  readonly id?: number;
  readonly comparison?: Comparison;
  readonly verbose: boolean;
}

/** Prints a report for a person, as wide and as coloured as the terminal allows. */
export async function printReport(report: Report, { id, comparison, verbose }: Shown, io: Io): Promise<void> {
  const options = {
    ...styleOf(io),
    verbose,
    ...(comparison === undefined ? {} : { comparison }),
  };
  for (const line of renderText(report, options)) await write(io.stdout, `${line}\n`);
  if (id === undefined) return;
  const kept = `Kept as scan ${id}: mailward report ${id} prints it, with --again it is judged anew.`;
  for (const line of ['', ...wrapped(kept, options.width)]) await write(io.stdout, `${line}\n`);
}

/** True for a terminal whose owner has not asked for none (https://no-color.org). */
export function wantsColour(io: Io): boolean {
  return io.stdout.isTTY === true && !io.env['NO_COLOR'];
}

/** Throws if no file can be written there: better said before the work than after it. */
export async function mayBeWritten(path: string): Promise<void> {
  try {
    await access(dirname(path), constants.W_OK);
  } catch {
    throw new UsageError(`no file can be written at ${JSON.stringify(path)}`);
  }
}

/** Files that a report is also written to, by their paths. */
export interface ReportFiles {
  readonly html?: string;
  readonly sarif?: string;
}

/** Writes the files that were asked for. */
export async function writeReportFiles(
  report: Report,
  comparison: Comparison | undefined,
  files: ReportFiles,
): Promise<void> {
  if (files.html !== undefined) {
    const { renderHtml } = await import('../../report/html.ts');
    await save(files.html, renderHtml(report, comparison === undefined ? {} : { comparison }));
  }
  if (files.sarif !== undefined) {
    const { reportSarif } = await import('../../report/sarif.ts');
    await save(files.sarif, `${JSON.stringify(reportSarif(report, packageVersion()), null, 2)}\n`);
  }
}

/**
 * Writes a file, or says why it cannot be written. It is written beside and renamed: a reader sees the old or the new one, and a link that
 * someone put in its place is replaced, not followed. Devices and pipes (`/dev/stdout`) are written to as they are.
 */
export async function save(path: string, text: string): Promise<void> {
  try {
    if (await isNoFile(path)) return await writeFile(path, text);
    const beside = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(beside, text, { flag: 'wx' });
    try {
      await rename(beside, path);
    } catch (fault) {
      await rm(beside, { force: true });
      throw fault;
    }
  } catch (fault) {
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new CannotError(`${path} cannot be written: ${why}`, { cause: fault });
  }
}

/** True for what stands there and is no file. */
async function isNoFile(path: string): Promise<boolean> {
  try {
    return !(await stat(path)).isFile();
  } catch {
    return false;
  }
}
