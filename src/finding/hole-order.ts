import { SEVERITIES } from './rule.ts';
import type { Vulnerability } from './vulnerability.ts';

const STATUS_ORDER = { affected: 0, possible: 1, 'not-affected': 2 } as const;

/**
 * Compares holes by what matters to a defender: open before mended, known exploited, remote without login, severity, proven before
 * possible, likelihood, score, newest. The one order of every list of holes.
 */
export function byWeight(a: Vulnerability, b: Vulnerability): number {
  return (
    Number(a.status === 'not-affected') - Number(b.status === 'not-affected') ||
    Number(b.knownExploited) - Number(a.knownExploited) ||
    Number(b.remote && b.unauthenticated) - Number(a.remote && a.unauthenticated) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    STATUS_ORDER[a.status] - STATUS_ORDER[b.status] ||
    (b.epss ?? 0) - (a.epss ?? 0) ||
    (b.cvss ?? 0) - (a.cvss ?? 0) ||
    compareIds(b.id, a.id)
  );
}

/** Compares ids by their numbers: `CVE-2026-9` before `CVE-2026-10`. */
export function compareIds(a: string, b: string): number {
  const left = a.split('-');
  const right = b.split('-');
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const [x, y] = [left[at] ?? '', right[at] ?? ''];
    if (x === y) continue;
    const difference = Number(x) - Number(y);
    if (!Number.isNaN(difference) && difference !== 0) return difference;
    return x < y ? -1 : 1;
  }
  return 0;
}
