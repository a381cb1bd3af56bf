import { wrapped } from '../columns.ts';
import { type Comparison, isUnchanged } from '../compare.ts';
import { visible } from '../escape.ts';
import { timeWords } from '../words.ts';
import { heading, type Page } from './page.ts';

/** What is new, gone and changed since an earlier report. */
export function* comparisonLines(comparison: Comparison, page: Page): Generator<string> {
  const { earlier, later, findings, vulnerabilities, identities } = comparison;
  const { paint, width } = page;
  yield* heading(
    `Since ${visible(timeWords(earlier.at))}`,
    `${earlier.grade} ${earlier.score} → ${later.grade} ${later.score}`,
    page,
  );
  if (isUnchanged(comparison)) yield '  Nothing changed.';
  const line = function* (mark: string, text: string, paintMark: (text: string) => string): Generator<string> {
    for (const [at, row] of wrapped(visible(text, 400), width - 8).entries())
      yield `  ${at === 0 ? paintMark(mark.padEnd(6)) : '      '}${row}`;
  };
  for (const { rule, subject } of findings.fresh) yield* line('new', `${rule.title} (${subject})`, paint.bad);
  for (const { id, subject, gain } of vulnerabilities.fresh)
    yield* line('new', `${id} (${subject})${gain === null ? '' : `: ${gain}`}`, paint.bad);
  for (const { item, seen } of findings.gone)
    yield* line(
      seen ? 'gone' : '?',
      `${item.rule.title} (${item.subject})${seen ? '' : ': not looked at this time'}`,
      seen ? paint.good : paint.quiet,
    );
  for (const { item, seen } of vulnerabilities.gone)
    yield* line(
      seen ? 'gone' : '?',
      `${item.id} (${item.subject})${seen ? '' : ': not looked at this time'}`,
      seen ? paint.good : paint.quiet,
    );
  for (const { server, endpoint, before, after } of identities)
    yield* line('other', `${server} ${endpoint}: ${before ?? 'unknown'} → ${after ?? 'unknown'}`, paint.warn);
  const same = findings.same.length + vulnerabilities.same.length;
  if (same > 0) yield paint.quiet(`  ${same} as before`);
}
