import type { Finding } from './finding.ts';
import type { Ceiling, Deduction, Grade, Grading } from './grading.ts';
import type { Depth, Report, ReportServer } from './report.ts';
import { atLeast, type Severity } from './rule.ts';
import type { Unreached, UnreachedReason } from './unreached.ts';
import type { Vulnerability } from './vulnerability.ts';

/** What a grade is made of. */
export interface Judged {
  readonly depth: Depth;
  readonly servers: readonly ReportServer[];
  readonly findings: readonly Finding[];
  readonly vulnerabilities: readonly Vulnerability[];
  readonly unreached: readonly Unreached[];
  /** How many looks brought something back (answers of DNS, visits). With none there is nothing to praise. */
  readonly sightings: number;
}

/** The least score of each grade, best first. */
export const GRADES: readonly (readonly [grade: Grade, least: number])[] = [
  ['A+', 97],
  ['A', 90],
  ['B', 80],
  ['C', 65],
  ['D', 50],
  ['E', 35],
  ['F', 0],
];

/** Points for a fault on its first subject. Each further subject takes a quarter more, up to twice. */
export const FINDING_POINTS: Readonly<Record<Severity, number>> = {
  info: 0,
  low: 2,
  medium: 6,
  high: 15,
  critical: 35,
};
/** Points for a hole that the build proves. A possible one takes a fifth. */
export const HOLE_POINTS: Readonly<Record<Severity, number>> = { info: 0, low: 1, medium: 4, high: 10, critical: 20 };
/** All possible holes of a target together take at most this: a long list of maybes is no proof. */
export const POSSIBLE_MOST = 15;
/** Points for each thing that could not be looked at, and the most for all of them. */
export const UNREACHED_POINTS = 3;
export const UNREACHED_MOST = 30;
/** Not looked at by intent, or not there to be looked at: says nothing against the server. */
const HARMLESS_REASONS: ReadonlySet<UnreachedReason> = new Set<UnreachedReason>(['not-offered', 'not-permitted']);

/**
 * Grades what was found. Pure, and monotone: one more finding, hole or unreached thing never raises the score. The
 * rule in words stands in docs/grading.md.
 */
export function gradeOf(judged: Judged): Grading {
  const taken = [...findingPoints(judged.findings), ...holePoints(judged.vulnerabilities), ...unreachedPoints(judged)];
  taken.sort((a, b) => b.points - a.points || (a.what < b.what ? -1 : 1));
  const left = Math.max(0, 100 - taken.reduce((sum, { points }) => sum + points, 0));
  let lowest: Ceiling = { score: 100, because: '' };
  for (const ceiling of ceilings(judged)) if (ceiling.score < lowest.score) lowest = ceiling;
  const score = Math.floor(Math.min(left, lowest.score));
  return { score, grade: gradeOfScore(score), taken, ceiling: lowest.score < left ? lowest : null };
}

/** The grade a score of 0 to 100 earns. */
export function gradeOfScore(score: number): Grade {
  return GRADES.find(([, least]) => score >= least)?.[0] ?? 'F';
}

/** The report with its grade put in, and the reasons for it beside. */
export function graded(report: Omit<Report, 'score' | 'grade' | 'grading'>, sightings: number): Report {
  const grading = gradeOf({ ...report, sightings });
  return { ...report, score: grading.score, grade: grading.grade, grading };
}

function findingPoints(findings: readonly Finding[]): Deduction[] {
  const rules = new Map<string, { severity: Severity; readonly subjects: Set<string> }>();
  for (const { rule, subject } of findings) {
    const known = rules.get(rule.id);
    if (known === undefined) rules.set(rule.id, { severity: rule.severity, subjects: new Set([subject]) });
    else {
      if (atLeast(rule.severity, known.severity)) known.severity = rule.severity;
      known.subjects.add(subject);
    }
  }
  return [...rules].flatMap(([what, { severity, subjects }]) => {
    const points = FINDING_POINTS[severity] * Math.min(2, 1 + (subjects.size - 1) / 4);
    return points > 0 ? [{ kind: 'finding' as const, what, times: subjects.size, points }] : [];
  });
}

function holePoints(holes: readonly Vulnerability[]): Deduction[] {
  const proven = new Map<string, { points: number; readonly subjects: Set<string> }>();
  let possible = 0;
  const possibleIds = new Set<string>();
  for (const { id, status, severity, subject } of holes) {
    if (status === 'possible') {
      possible += HOLE_POINTS[severity] / 5;
      possibleIds.add(id);
    }
    if (status !== 'affected') continue;
    const known = proven.get(id);
    if (known === undefined) proven.set(id, { points: HOLE_POINTS[severity], subjects: new Set([subject]) });
    else {
      known.points = Math.max(known.points, HOLE_POINTS[severity]);
      known.subjects.add(subject);
    }
  }
  const out: Deduction[] = [];
  for (const [what, { points, subjects }] of proven)
    if (points > 0) out.push({ kind: 'vulnerability', what, times: subjects.size, points });
  if (possible > 0) {
    const what = possibleIds.size === 1 ? [...possibleIds][0]! : 'possible holes';
    out.push({ kind: 'vulnerability', what, times: possibleIds.size, points: Math.min(POSSIBLE_MOST, possible) });
  }
  return out;
}

function unreachedPoints({ unreached }: Judged): Deduction[] {
  const times = unreached.filter(({ reason }) => !HARMLESS_REASONS.has(reason)).length;
  if (times === 0) return [];
  const what = 'could not be looked at';
  return [{ kind: 'unreached', what, times, points: Math.min(UNREACHED_MOST, times * UNREACHED_POINTS) }];
}

function* ceilings(judged: Judged): Generator<Ceiling> {
  const { findings, vulnerabilities, unreached, servers, depth, sightings } = judged;
  if (sightings <= 0) yield { score: 0, because: 'nothing at all could be seen' };
  const endpoints = servers.flatMap((server) => server.endpoints);
  if (depth !== 'passive' && endpoints.length > 0 && endpoints.every(({ state }) => state !== 'open'))
    yield { score: 64, because: 'no mail server answered' };
  if ((depth === 'passive' ? servers : endpoints).length === 0 && unreached.length > 0)
    yield { score: 64, because: 'no mail server could be looked at' };
  if (unreached.some(({ reason }) => !HARMLESS_REASONS.has(reason)))
    yield { score: 96, because: 'not everything could be looked at' };
  for (const { rule } of findings) {
    if (rule.severity === 'critical') yield { score: 49, because: 'there is a critical fault' };
    if (rule.severity === 'high') yield { score: 79, because: 'there is a serious fault' };
    if (rule.severity === 'medium') yield { score: 96, because: 'there is a fault that matters' };
  }
  for (const hole of vulnerabilities) {
    if (hole.status === 'affected') yield provenCeiling(hole);
    const grave = hole.knownExploited || hole.severity === 'critical' || hole.severity === 'high';
    if (hole.status === 'possible' && grave) yield { score: 89, because: 'a serious hole is possible' };
  }
}

function provenCeiling(hole: Vulnerability): Ceiling {
  const open = hole.remote && hole.unauthenticated;
  if (hole.knownExploited && open)
    return { score: 20, because: 'a hole that attackers use, open to anyone, is proven by the build' };
  if (hole.knownExploited) return { score: 34, because: 'a hole that attackers use is proven by the build' };
  if (hole.severity === 'critical' || (hole.severity === 'high' && open))
    return { score: 49, because: 'a grave hole is proven by the build' };
  if (hole.severity === 'high') return { score: 79, because: 'a serious hole is proven by the build' };
  return { score: 96, because: 'a known hole is proven by the build' };
}
