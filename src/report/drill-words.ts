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
  contained: 'Taken, and it did nothing.',
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

/** Attacks with one outcome, the most serious first; among equals in the order in which they ran. */
export function withOutcome(report: DrillReport, outcome: Outcome): readonly DrillAttack[] {
  return report.attacks
    .filter((attack) => attack.outcome === outcome)
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
    `${seconds} s`,
  ]);
}

/** One attack in two drills; null where a drill had it not. */
export interface ComparedAttack {
  readonly attack: string;
  readonly title: string;
  readonly before: Outcome | null;
  readonly after: Outcome | null;
}

/** Two drills of the same server side by side, in the order of the later one; what only the earlier one had comes last. */
export function compareDrills(before: DrillReport, after: DrillReport): readonly ComparedAttack[] {
  const earlier = new Map(before.attacks.map((attack) => [attack.attack, attack]));
  const rows = after.attacks.map(({ attack, title, outcome }): ComparedAttack => {
    const then = earlier.get(attack)?.outcome ?? null;
    earlier.delete(attack);
    return { attack, title, before: then, after: outcome };
  });
  return [
    ...rows,
    ...[...earlier.values()].map(({ attack, title, outcome }) => ({ attack, title, before: outcome, after: null })),
  ];
}
