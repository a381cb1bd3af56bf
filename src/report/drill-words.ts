import type { DrillAttack, DrillCost, DrillReport, DrillStage, Outcome } from '../finding/drill-report.ts';
import { SEVERITIES } from '../finding/rule.ts';
import { counted, listed } from './words.ts';

/** The words for drills that the terminal and HTML share. */

export const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  harmed: 'harmed',
  passed: 'passed',
  contained: 'contained',
  stopped: 'stopped',
  'not-run': 'not run',
};

/** What each outcome means to the one who runs the server. */
export const OUTCOME_MEANINGS: Readonly<Record<Outcome, string>> = {
  harmed: 'The server no longer served others.',
  passed: 'The attacker has what he wanted.',
  contained: 'Let in, and it did no harm.',
  stopped: 'Refused.',
  'not-run': 'Nothing was proven.',
};

/** In the order in which a reader wants them. */
export const OUTCOMES_SHOWN: readonly Outcome[] = ['harmed', 'passed', 'contained', 'stopped', 'not-run'];

export const STAGE_WORDS: Readonly<Record<DrillStage, string>> = {
  connect: 'at connect',
  greeting: 'at the greeting',
  hello: 'at EHLO',
  tls: 'at STARTTLS',
  auth: 'at AUTH',
  command: 'at a command',
  mail: 'at MAIL',
  rcpt: 'at RCPT',
  data: 'at DATA',
  message: 'at the message',
  delivery: 'at delivery',
};

/** Attacks with one of these outcomes, the most serious first; among equals in the order in which they ran. */
export function withOutcome(report: DrillReport, ...outcomes: readonly Outcome[]): readonly DrillAttack[] {
  return report.attacks
    .filter(({ outcome }) => outcomes.includes(outcome))
    .toSorted((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
}

/** The drill in a sentence. Unescaped. */
export function drillHeadline(report: DrillReport): string {
  const [harmed, passed] = [withOutcome(report, 'harmed'), withOutcome(report, 'passed')];
  const proven = report.attacks.filter(({ outcome }) => outcome !== 'not-run').length;
  if (proven === 0) return 'Nothing could be tried, so nothing is proven.';
  if (harmed.length > 0)
    return `The drill put the server out of service: ${harmed.map(({ attack }) => attack).join(', ')}.`;
  if (passed.length === 0) return `Nothing got through: ${counted(proven, 'attack')} met.`;
  return `${passed.length} of ${counted(proven, 'attack')} got through.`;
}

/** How many attacks had which outcome: `3 passed · 12 stopped`. */
export function outcomeCounts(report: DrillReport): string {
  return OUTCOMES_SHOWN.map((outcome) => ({ outcome, count: withOutcome(report, outcome).length }))
    .filter(({ count }) => count > 0)
    .map(({ outcome, count }) => `${count} ${OUTCOME_WORDS[outcome]}`)
    .join(' · ');
}

/** Words as they begin a sentence or a heading. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Attacks that share a reason, the reason that most share first. */
export function byReason(
  attacks: readonly DrillAttack[],
): readonly { readonly because: string; readonly attacks: readonly DrillAttack[] }[] {
  const groups = Map.groupBy(attacks, ({ because }) => because);
  return [...groups]
    .map(([because, alike]) => ({ because, attacks: alike }))
    .toSorted((a, b) => b.attacks.length - a.attacks.length);
}

/** What an attack sends at most: `2 connections, 1 message, 64 kB, 3 s`. */
export function costWords({ connections, messages, bytes, seconds }: DrillCost): string {
  const size =
    bytes < 1_000
      ? `${bytes} B`
      : bytes < 1_000_000
        ? `${Math.ceil(bytes / 1_000)} kB`
        : `${(bytes / 1_000_000).toFixed(1)} MB`;
  return listed([
    counted(connections, 'connection'),
    ...(messages > 0 ? [counted(messages, 'message')] : []),
    size,
    seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`,
  ]);
}

/** Two drills of one server, the earlier one without what should stop the attacks. */
export interface DrillPair {
  /** What the server is, in a few words. */
  readonly name: string;
  readonly before: DrillReport;
  readonly after: DrillReport;
}

/** What an attack came to in two drills; null where a drill had it not. */
export interface Turn {
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** One attack in all drills that are compared: a turn a pair, in their order. */
export interface ComparedAttack {
  readonly attack: string;
  readonly title: string;
  readonly turns: readonly Turn[];
}

/** Drills side by side, a row an attack, in the order in which the drills have them; what only a later drill has comes behind. */
export function compareDrills(pairs: readonly DrillPair[]): readonly ComparedAttack[] {
  const titles = new Map<string, string>();
  for (const { before, after } of pairs)
    for (const { attack, title } of [...after.attacks, ...before.attacks])
      if (!titles.has(attack)) titles.set(attack, title);
  const outcomeIn = ({ attacks }: DrillReport, name: string): Outcome | null =>
    attacks.find(({ attack }) => attack === name)?.outcome ?? null;
  return [...titles].map(([attack, title]) => ({
    attack,
    title,
    turns: pairs.map(({ before, after }) => ({
      before: outcomeIn(before, attack),
      after: outcomeIn(after, attack),
    })),
  }));
}

/** `passed → stopped`; a dash where it was not tried. */
export function turnWords({ before, after }: Turn): string {
  if (before === null && after === null) return '–';
  const word = (outcome: Outcome | null) => (outcome === null ? '–' : OUTCOME_WORDS[outcome]);
  return `${word(before)} → ${word(after)}`;
}

/** Several pairs in a sentence: `Bare, 31 of 34 attacks got through; behind the edge none.` */
export function pairsHeadline(pairs: readonly DrillPair[]): string {
  const tried = pairs.flatMap(({ before }) => before.attacks).length;
  const through = (reports: readonly DrillReport[]) =>
    reports.flatMap(({ attacks }) => attacks).filter(({ outcome }) => gotThrough(outcome)).length;
  const [bare, left] = [through(pairs.map(({ before }) => before)), through(pairs.map(({ after }) => after))];
  return `Bare, ${bare} of ${counted(tried, 'attack')} got through; behind the edge ${left === 0 ? 'none' : left}.`;
}

/** True for what a server met. */
export function isMet(outcome: Outcome | null): boolean {
  return outcome === 'stopped' || outcome === 'contained';
}

/** True for what no server met. */
export function gotThrough(outcome: Outcome): boolean {
  return outcome === 'passed' || outcome === 'harmed';
}
