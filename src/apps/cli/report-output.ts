import type { Report } from '../../finding/report.ts';
import type { Comparison } from '../../report/compare.ts';
import { renderText } from '../../report/text.ts';
import { type Io, write } from './io.ts';

/** What goes with a report on a terminal. */
export interface Shown {
  readonly id?: number;
  readonly comparison?: Comparison;
  readonly verbose: boolean;
}

/** Prints a report for a person, as wide and as coloured as the terminal allows. */
export async function printReport(report: Report, { id, comparison, verbose }: Shown, io: Io): Promise<void> {
  const options = {
    width: io.stdout.columns ?? 80,
    colour: wantsColour(io),
    verbose,
    ...(comparison === undefined ? {} : { comparison }),
  };
  for (const line of renderText(report, options)) await write(io.stdout, `${line}\n`);
  if (id !== undefined)
    await write(
      io.stdout,
      `\nKept as scan ${id}: mailward report ${id} prints it, mailward report ${id} --again judges it anew.\n`,
    );
}

/** True for a terminal whose owner has not asked for none (https://no-color.org). */
export function wantsColour(io: Io): boolean {
  return io.stdout.isTTY === true && !io.env['NO_COLOR'];
}
