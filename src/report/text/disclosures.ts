import type { Disclosure, NdrReport } from '../../finding/ndr-report.ts';
import { atLeast, type Rule, type Severity } from '../../finding/rule.ts';
import { DISCLOSURE_WORDS } from '../bounce-words.ts';
import { columnsOf, padded, wrapped } from '../columns.ts';
import { visible } from '../escape.ts';
import { rankOf, severityCounts } from '../order.ts';
import { remedyFor } from '../verdict.ts';
import { productName, SEVERITY_WORDS } from '../words.ts';
import { heading, indented, type Page } from './page.ts';
import { remedyLines } from './remedy.ts';

/** Values of one rule that are listed without `--verbose`. */
const VALUES_MOST = 6;
const LABEL = 10;

interface Group {
  readonly rule: Rule;
  severity: Severity;
  readonly disclosures: Disclosure[];
}

/** What the message gives away, worst first: the values, what an attacker does with them, and how to stop it. */
export function* disclosureLines(report: NdrReport, page: Page): Generator<string> {
  const { disclosures } = report;
  if (disclosures.length === 0) {
    yield* heading('What it gives away', '', page);
    yield '  Nothing that was recognised.';
    return;
  }
  const counts = severityCounts(disclosures.map(({ severity }) => severity));
  const remark = counts.map(({ severity, count }) => `${count} ${SEVERITY_WORDS[severity]}`).join(' · ');
  yield* heading('What it gives away', remark, page);
  const product = productName(report.reporter);
  for (const group of grouped(disclosures)) {
    yield '';
    yield* groupLines(group, product === null ? [] : [product], page);
  }
}

function grouped(disclosures: readonly Disclosure[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const disclosure of disclosures) {
    const { rule, severity } = disclosure;
    const group = groups.get(rule.id);
    if (group === undefined) groups.set(rule.id, { rule, severity, disclosures: [disclosure] });
    else {
      group.disclosures.push(disclosure);
      if (atLeast(severity, group.severity)) group.severity = severity;
    }
  }
  return [...groups.values()].sort((a, b) => rankOf(a.severity) - rankOf(b.severity));
}

function* groupLines(
  { rule, severity, disclosures }: Group,
  platforms: readonly string[],
  page: Page,
): Generator<string> {
  const { paint, width, verbose } = page;
  const indent = LABEL + 2;
  const room = width - indent;
  const label = padded(SEVERITY_WORDS[severity].toUpperCase(), LABEL);
  for (const [at, line] of wrapped(visible(rule.title, 300), room).entries())
    yield `  ${at === 0 ? paint.severity(severity, label) : ' '.repeat(LABEL)}${paint.strong(line)}`;
  const shown = verbose ? disclosures : disclosures.slice(0, VALUES_MOST);
  const widest = Math.max(...shown.map(({ kind }) => columnsOf(DISCLOSURE_WORDS[kind])));
  for (const { kind, value, where } of shown) {
    const said = wrapped(`${visible(value, verbose ? 1000 : 200)}  (${visible(where, 100)})`, room - widest - 2);
    for (const [at, line] of said.entries())
      yield ' '.repeat(indent) + paint.quiet(padded(at === 0 ? DISCLOSURE_WORDS[kind] : '', widest + 2)) + line;
  }
  if (shown.length < disclosures.length)
    yield* indented([paint.quiet(`… ${disclosures.length - shown.length} more, shown by --verbose`)], indent);
  yield* indented(wrapped(visible(rule.why), room), indent);
  const remedies = verbose ? rule.remedy : [remedyFor(rule.remedy, platforms)];
  for (const remedy of remedies) yield* indented(remedyLines(remedy, room, page), indent);
}
