import type { Report } from '../finding/report.ts';
import { columnsOf, wrapped } from './columns.ts';
import type { Comparison } from './compare.ts';
import { visible } from './escape.ts';
import { type Paint, paintBox } from './paint.ts';
import { comparisonLines } from './text/comparison.ts';
import { findingLines } from './text/findings.ts';
import { holeLines } from './text/holes.ts';
import { heading, type Page, pageWidth } from './text/page.ts';
import { serverLines } from './text/servers.ts';
import { unreachedLines } from './text/unreached.ts';
import { type NextStep, type Verdict, verdictOf } from './verdict.ts';
import { timeWords } from './words.ts';

export interface TextOptions {
  /** Columns of the terminal; 80 if unknown. */
  readonly width?: number;
  readonly colour?: boolean;
  /** All evidence, all reasons, and what is not affected. */
  readonly verbose?: boolean;
  /** Shown in a section of its own. */
  readonly comparison?: Comparison;
}

/**
 * The report as lines of text, like a short letter: the verdict, the servers, the findings with what was seen and what
 * to do, known holes, what stays unknown, and what to do next. No line holds a raw control character, and only what is
 * to be pasted is wider than the page.
 */
export function* renderText(report: Report, options: TextOptions = {}): Generator<string> {
  const { width = 80, colour = false, verbose = false, comparison } = options;
  const page: Page = {
    width: pageWidth(width),
    paint: paintBox(colour),
    verbose,
  };
  const verdict = verdictOf(report);
  yield* headLines(report, verdict, page);
  if (comparison !== undefined) yield* comparisonLines(comparison, page);
  yield* serverLines(report, page);
  yield* findingLines(report, page);
  yield* holeLines(report.vulnerabilities, page);
  yield* unreachedLines(report.unreached, page);
  yield* nextLines(verdict.next, page);
}

function* headLines(report: Report, verdict: Verdict, { width, paint }: Page): Generator<string> {
  const mark = `${report.grade}  ${report.score}/100`;
  const names = wrapped(visible(report.target), width - columnsOf(mark) - 2);
  for (const [at, name] of names.entries()) {
    const gap = ' '.repeat(Math.max(2, width - columnsOf(name) - columnsOf(mark)));
    yield at === 0 ? `${paint.strong(name)}${gap}${painted(report, paint)}` : paint.strong(name);
  }
  yield paint.quiet('─'.repeat(width));
  for (const line of wrapped(verdict.headline, width)) yield paint.strong(line);
  for (const line of wrapped(visible(verdict.sentences.join(' ')), width)) if (line !== '') yield line;
  const ceiling = report.grading?.ceiling;
  const because = ceiling ? `No more than ${ceiling.score} points, because ${ceiling.because}. ` : '';
  const when = visible(timeWords(report.startedAt));
  for (const line of wrapped(`${visible(because)}Seen ${when}, ${report.depth}.`, width)) yield paint.quiet(line);
}

function painted({ grade, score }: Report, paint: Paint): string {
  return `${paint.grade(grade, grade)}  ${paint.quiet(`${score}/100`)}`;
}

function* nextLines(steps: readonly NextStep[], page: Page): Generator<string> {
  yield* heading('What to do next', '', page);
  for (const [at, { fault, text, command }] of steps.entries()) {
    const mark = `${at + 1}.`.padStart(4);
    for (const [row, line] of wrapped(
      visible(fault === undefined ? text : `${fault}. ${text}`),
      page.width - 6,
    ).entries())
      yield row === 0 ? `${page.paint.strong(mark)}  ${line}` : `      ${line}`;
    if (command !== undefined) yield `      ${page.paint.strong(visible(command))}`;
  }
}
