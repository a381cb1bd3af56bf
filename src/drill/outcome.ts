import type { DrillForm, Outcome } from '../finding/drill-report.ts';
import type { Severity } from '../finding/rule.ts';
import type { Line } from '../wire/smtp/line.ts';
import type { Verdict } from './attack.ts';

/** From best to worst; what was not run is no outcome that could be compared. */
const RANK: Readonly<Record<Outcome, number>> = { 'not-run': 0, stopped: 1, contained: 2, passed: 3, harmed: 4 };

/** The worst of several outcomes; `not-run` only if nothing was run. */
export function worstOf(outcomes: readonly Outcome[]): Outcome {
  return outcomes.reduce<Outcome>((worst, one) => (RANK[one] > RANK[worst] ? one : worst), 'not-run');
}

/** What a form came to, with its dialogue. */
export interface FormVerdict extends DrillForm {
  readonly lines: readonly Line[];
}

/** One verdict of an attack that comes in several forms: the worst form decides, and is quoted first. */
export function verdictOfForms(forms: readonly FormVerdict[], dialogues: readonly (readonly Line[])[] = []): Verdict {
  const outcome = worstOf(forms.map((form) => form.outcome));
  const alike = forms.filter((form) => form.outcome === outcome);
  const [first] = alike;
  if (first === undefined) return { outcome: 'not-run', at: null, because: 'nothing could be tried', dialogues };
  const told = forms.map(({ form, outcome, at, because }): DrillForm => ({ form, outcome, at, because }));
  // What keeps all forms from being tried is said once.
  const shared = outcome === 'not-run' && alike.every(({ because }) => because === first.because);
  const because =
    forms.length === 1 || shared
      ? first.because
      : `${alike.length} of ${forms.length} forms ${formWords(outcome, alike.length)}: ${first.form}: ${first.because}`;
  return {
    outcome,
    at: first.at,
    because,
    ...(forms.length === 1 ? {} : { forms: told }),
    dialogues: [...alike.slice(0, DIALOGUES_MOST).map(({ lines }) => lines), ...dialogues],
  };
}

/** Dialogues of the worst forms that are quoted. */
const DIALOGUES_MOST = 3;

function formWords(outcome: Outcome, count: number): string {
  if (outcome === 'not-run') return 'could not be tried';
  if (outcome === 'passed' || outcome === 'harmed') return outcome;
  return `${count === 1 ? 'was' : 'were'} ${outcome}`;
}

/** An attack that could not be tried, or proved nothing. */
export function notRun(because: string, ...dialogues: readonly (readonly Line[])[]): Verdict {
  return { outcome: 'not-run', at: null, because, dialogues };
}

/** What an attack counts for in the score. */
const WEIGHT: Readonly<Record<Severity, number>> = { info: 1, low: 2, medium: 4, high: 8, critical: 16 };
/** How much of its weight a server keeps. */
const KEPT: Readonly<Record<Exclude<Outcome, 'not-run'>, number>> = {
  stopped: 1,
  contained: 0.75,
  passed: 0,
  harmed: 0,
};
/** The most that a server gets which an attack put out of service, or that let a critical one pass. */
export const SCORE_CEILING = 49;

/**
 * The score of a drill: how much of the weight of all attacks that proved something was met. What was not run counts for neither side;
 * if nothing was run there is nothing to praise.
 */
export function scoreOf(results: readonly { readonly outcome: Outcome; readonly severity: Severity }[]): number {
  let all = 0;
  let kept = 0;
  let ceiling = 100;
  for (const { outcome, severity } of results) {
    if (outcome === 'not-run') continue;
    all += WEIGHT[severity];
    kept += WEIGHT[severity] * KEPT[outcome];
    if (outcome === 'harmed' || (outcome === 'passed' && severity === 'critical')) ceiling = SCORE_CEILING;
  }
  return all === 0 ? 0 : Math.min(ceiling, Math.floor((100 * kept) / all));
}

/** Lines and characters of a dialogue that are kept as evidence. */
const LINES_MOST = 60;
const LINE_MOST = 400;

/** A dialogue as evidence: long lines are cut, and of a long dialogue the beginning and the end are kept. */
export function quoted(lines: readonly Line[]): readonly Line[] {
  const half = LINES_MOST / 2;
  const kept = lines.length <= LINES_MOST ? lines : [...lines.slice(0, half), ...lines.slice(-half)];
  return kept.map((line) => ({ ...line, text: shortened(plainLine(line)) }));
}

/** A client's single line without its end: on the wire it is the same as a line that was said. */
function plainLine({ from, text }: Line): string {
  return from === 'client' && /^[^\r\n]*\r\n$/.test(text) ? text.slice(0, -2) : text;
}

function shortened(text: string): string {
  return text.length <= LINE_MOST ? text : `${text.slice(0, LINE_MOST)}... (${text.length} bytes)`;
}
