import type { Finding } from '../finding/finding.ts';
import { byWeight } from '../finding/hole-order.ts';
import { type Rule, SEVERITIES, type Severity } from '../finding/rule.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';

/** One rule with all the subjects it holds for, so that a fault of ten servers is told once. */
export interface FindingGroup {
  readonly rule: Rule;
  readonly findings: readonly [Finding, ...Finding[]];
}

const RANK: Readonly<Record<Severity, number>> = Object.fromEntries(
  SEVERITIES.map((severity, at) => [severity, SEVERITIES.length - at]),
) as Record<Severity, number>;

/** Orders severities, worst first. */
export function rankOf(severity: Severity): number {
  return RANK[severity];
}

/** Findings by rule, worst first. */
export function groupFindings(findings: readonly Finding[]): readonly FindingGroup[] {
  const groups = new Map<string, { rule: Rule; findings: [Finding, ...Finding[]] }>();
  for (const finding of findings) {
    const group = groups.get(finding.rule.id);
    if (group === undefined) groups.set(finding.rule.id, { rule: finding.rule, findings: [finding] });
    else group.findings.push(finding);
  }
  return [...groups.values()].sort(
    (a, b) => RANK[a.rule.severity] - RANK[b.rule.severity] || (a.rule.id < b.rule.id ? -1 : 1),
  );
}

/** Holes with what matters most first, by the one order of `finding/hole-order.ts`. */
export function sortHoles(holes: readonly Vulnerability[]): readonly Vulnerability[] {
  return holes.toSorted(byWeight);
}

/** How many there are of each severity, worst first, without those that do not occur. */
export function severityCounts(
  severities: Iterable<Severity>,
): readonly { readonly severity: Severity; readonly count: number }[] {
  const counts = new Map<Severity, number>();
  for (const severity of severities) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  return SEVERITIES.toReversed().flatMap((severity) => {
    const count = counts.get(severity);
    return count === undefined ? [] : [{ severity, count }];
  });
}
