import type { Report } from '../../finding/report.ts';
import { padded, wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { type FindingGroup, groupFindings, severityCounts } from '../order.ts';
import { platformsOf, remedyFor } from '../verdict.ts';
import { listedUpTo, SEVERITY_WORDS } from '../words.ts';
import { evidenceLines } from './evidence.ts';
import { heading, indented, type Page } from './page.ts';
import { remedyLines } from './remedy.ts';

/** Subjects of one rule that are named without `--verbose`. */
const SUBJECTS_MOST = 4;
/** From this width on the severity has a column of its own. */
const TWO_COLUMNS = 64;
const LABEL = 10;

/** Findings, worst first: the fault, where it is, what it costs, what was seen, and what to change. */
export function* findingLines(report: Report, page: Page): Generator<string> {
  const groups = groupFindings(report.findings);
  if (groups.length === 0) return;
  const counts = severityCounts(groups.map(({ rule }) => rule.severity));
  const remark = counts.map(({ severity, count }) => `${count} ${SEVERITY_WORDS[severity]}`).join(' · ');
  yield* heading('Findings', remark, page);
  for (const group of groups) {
    yield '';
    yield* groupLines(report, group, page);
  }
}

function* groupLines(report: Report, { rule, findings }: FindingGroup, page: Page): Generator<string> {
  const { paint, verbose } = page;
  const label = SEVERITY_WORDS[rule.severity].toUpperCase();
  const columns = page.width >= TWO_COLUMNS;
  const indent = columns ? LABEL + 2 : 2;
  const width = page.width - indent;
  if (!columns) yield `  ${paint.severity(rule.severity, label)}`;
  for (const [at, line] of wrapped(visible(rule.title, 300), width).entries()) {
    const mark = at === 0 && columns ? paint.severity(rule.severity, padded(label, LABEL)) : ' '.repeat(indent - 2);
    yield `  ${mark}${paint.strong(line)}`;
  }
  const subjects = [...new Set(findings.map(({ subject }) => visible(subject, 200)))];
  const where = verbose ? subjects.join(', ') : listedUpTo(subjects, SUBJECTS_MOST);
  yield* indented(wrapped(`${where} · ${visible(rule.id, 100)}`, width).map(paint.quiet), indent);
  yield* indented(wrapped(visible(rule.why), width), indent);
  if (verbose || rule.severity !== 'info')
    for (const finding of verbose ? findings : findings.slice(0, 1))
      for (const evidence of finding.evidence)
        yield* indented(evidenceLines(evidence, { ...page, width: width - 2 }), indent + 2);
  const chosen = remedyFor(rule.remedy, platformsOf(report, findings[0].subject));
  for (const remedy of verbose ? rule.remedy : [chosen]) yield* indented(remedyLines(remedy, width, page), indent);
  if (verbose) yield* indented(wrapped(visible(`See ${rule.references.join(', ')}.`), width).map(paint.quiet), indent);
}
