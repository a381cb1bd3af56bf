import type { DrillAttack, DrillCost, DrillReport, Outcome } from '../finding/drill-report.ts';
import type { Severity } from '../finding/rule.ts';
import { columnsOf, padded, wrapped } from './columns.ts';
import {
  byReason,
  capital,
  costWords,
  drillHeadline,
  gotThrough,
  isMet,
  OUTCOME_MEANINGS,
  OUTCOME_WORDS,
  OUTCOMES_SHOWN,
  outcomeCounts,
  STAGE_WORDS,
  withOutcome,
} from './drill-words.ts';
import { visible, visibleBytes } from './escape.ts';
import { type Paint, paintBox } from './paint.ts';
import { evidenceLines } from './text/evidence.ts';
import { heading, indented, type Page, pageWidth } from './text/page.ts';
import { remedyLines } from './text/remedy.ts';
import { durationWords, SEVERITY_WORDS, timeWords } from './words.ts';

export interface DrillTextOptions {
  readonly width?: number;
  readonly colour?: boolean;
  /** All evidence and all forms. */
  readonly verbose?: boolean;
}

/** A drill as lines of text: the verdict, what got through with its evidence and remedy, and then what did not, a line each. */
export function* renderDrill(report: DrillReport, options: DrillTextOptions = {}): Generator<string> {
  const { width = 80, colour = false, verbose = false } = options;
  const page: Page = { width: pageWidth(width), paint: paintBox(colour), verbose };
  yield* head(report, page);
  for (const outcome of OUTCOMES_SHOWN) {
    const attacks = withOutcome(report, outcome);
    if (attacks.length === 0) continue;
    yield* heading(capital(OUTCOME_WORDS[outcome]), OUTCOME_MEANINGS[outcome], page);
    if (outcome === 'not-run') {
      yield* notRun(attacks, page);
      continue;
    }
    const open = gotThrough(outcome) || verbose;
    for (const attack of attacks) yield* open ? wholeAttack(attack, page) : briefAttack(attack, page);
  }
}

function* head(report: DrillReport, { width, paint }: Page): Generator<string> {
  const mark = `${report.score}/100`;
  const target = visible(report.target, 300);
  yield `${paint.strong(target)}${' '.repeat(Math.max(2, width - columnsOf(target) - mark.length))}${paint.strong(mark)}`;
  yield paint.quiet('─'.repeat(width));
  for (const line of wrapped(visible(drillHeadline(report)), width)) yield paint.strong(line);
  yield* wrapped(outcomeCounts(report), width);
  if (report.endedEarly !== null)
    for (const line of wrapped(`It ended early: ${visible(report.endedEarly)}.`, width)) yield paint.warn(line);
  const took = durationWords(report.startedAt, report.finishedAt);
  const when = `Drilled ${timeWords(report.startedAt)}${took === null ? '' : `, in ${took}`}; authorised by ${report.authorised}.`;
  for (const line of wrapped(visible(when), width)) yield paint.quiet(line);
}

/** What proved nothing, by the reason: many attacks may share one. */
function* notRun(attacks: readonly DrillAttack[], { width, paint }: Page): Generator<string> {
  for (const { because, attacks: alike } of byReason(attacks)) {
    for (const [row, line] of wrapped(visibleBytes(because, 300), width - 2).entries())
      yield row === 0 ? `${marked('not-run', paint)} ${line}` : `  ${line}`;
    const names = alike.map(({ attack }) => visible(attack, 60)).join(', ');
    for (const line of indented(wrapped(names, width - 2), 2)) yield paint.quiet(line);
  }
}

/** The name's column is as wide as the longest name in use. */
const NAME_COLUMN = 24;

function* briefAttack(attack: DrillAttack, page: Page): Generator<string> {
  const { paint, width } = page;
  const at = attack.at === null ? '' : `${STAGE_WORDS[attack.at]}: `;
  const name = padded(visible(attack.attack, 60), NAME_COLUMN);
  const room = width - NAME_COLUMN - 4;
  for (const [row, line] of wrapped(`${at}${visibleBytes(attack.because, 300)}`, room).entries())
    yield row === 0
      ? `${marked(attack.outcome, paint)} ${paint.strong(name)}  ${line}`
      : `${' '.repeat(NAME_COLUMN + 4)}${paint.quiet(line)}`;
}

function* wholeAttack(attack: DrillAttack, page: Page): Generator<string> {
  const { paint, width, verbose } = page;
  const inner = { ...page, width: width - 4 };
  yield '';
  const severity = paint.severity(attack.severity, SEVERITY_WORDS[attack.severity]);
  yield `${marked(attack.outcome, paint)} ${paint.strong(visible(attack.title, 200))}`;
  const names = wrapped(
    `${SEVERITY_WORDS[attack.severity]} · ${visible(attack.attack)} · ${visible(attack.control)}`,
    width - 2,
  );
  for (const [row, line] of names.entries())
    yield row === 0
      ? `  ${severity}${paint.quiet(line.slice(SEVERITY_WORDS[attack.severity].length))}`
      : `  ${paint.quiet(line)}`;
  const at = attack.at === null ? '' : ` ${STAGE_WORDS[attack.at]}`;
  const what = `${capital(OUTCOME_WORDS[attack.outcome])}${at}: ${visibleBytes(attack.because, 400)}.`;
  yield* indented(wrapped(what, width - 2), 2);
  if (gotThrough(attack.outcome)) yield* indented(wrapped(visible(attack.gain), width - 2), 2);
  if (verbose)
    for (const { form, outcome, because } of attack.forms)
      yield* indented(
        wrapped(`${marked(outcome, paint)} ${visible(form, 100)}: ${visibleBytes(because, 200)}`, width - 4),
        4,
      );
  for (const evidence of verbose ? attack.evidence : attack.evidence.slice(0, 1))
    yield* indented(evidenceLines(evidence, inner), 4);
  if (gotThrough(attack.outcome))
    for (const remedy of verbose ? attack.remedy : attack.remedy.slice(0, 1))
      yield* indented(remedyLines(remedy, width - 2, page), 2);
}

const MARKS: Readonly<Record<Outcome, string>> = {
  stopped: '✓',
  contained: '✓',
  passed: '✗',
  harmed: '✗',
  'not-run': '-',
};

function marked(outcome: Outcome, paint: Paint): string {
  if (outcome === 'not-run') return paint.quiet(MARKS[outcome]);
  return isMet(outcome) ? paint.good(MARKS[outcome]) : paint.bad(MARKS[outcome]);
}

/** An attack as it is told beforehand. */
export interface PlannedAttack {
  readonly attack: string;
  readonly title: string;
  readonly control: string;
  readonly severity: Severity;
  readonly cost: DrillCost;
}

/** What a drill would send, attack by attack, and in all. */
export function* renderPlan(attacks: readonly PlannedAttack[], options: DrillTextOptions = {}): Generator<string> {
  const { width = 80, colour = false } = options;
  const paint = paintBox(colour);
  const room = pageWidth(width);
  const sum: { -readonly [K in keyof DrillCost]: number } = { connections: 0, messages: 0, bytes: 0, seconds: 0 };
  for (const { attack: name, title, control, severity, cost } of attacks) {
    yield `${paint.strong(visible(name))}  ${paint.severity(severity, SEVERITY_WORDS[severity])}`;
    yield* indented(wrapped(`${visible(title)}. At most ${costWords(cost)}. Met by ${visible(control)}.`, room - 2), 2);
    for (const key of ['connections', 'messages', 'bytes', 'seconds'] as const) sum[key] += cost[key];
  }
  yield '';
  yield* wrapped(
    `In all at most ${costWords(sum)}, one attack after the other; to a server elsewhere one connection a second. Before the first attack and after each an honest visitor calls: the drill stops as soon as he is no longer served.`,
    room,
  );
}
