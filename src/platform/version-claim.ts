import type { Claim } from './fingerprint-index.ts';
import { fillTemplate } from './template.ts';
import { compareDotted, intersect, readRange, type VersionRange, within, writeRange } from './version-range.ts';

/** What a product's claims say about its version together. */
export interface VersionTold {
  readonly version: string | null;
  readonly range: string | null;
  /** What does not fit together, for a reader; null if all fits. */
  readonly conflict: string | null;
}

interface Named {
  readonly version: string;
  readonly claim: Claim;
}

/** Joins the versions and ranges of one product's claims: the most precise version that the behaviour allows. */
export function versionOf(claims: readonly Claim[]): VersionTold {
  const named = claims.flatMap((claim) => namedBy(claim));
  const best = named.reduce<Named | null>(
    (first, next) => (first === null || better(next, first) ? next : first),
    null,
  );
  const { range, conflict } = rangeOf(claims);
  if (best === null) return { version: null, range: range === null ? null : writeRange(range), conflict };
  if (range !== null && !within(best.version, range)) {
    const told = `${best.version} by its words, ${writeRange(range)} by what it does`;
    return { version: null, range: writeRange(range), conflict: told };
  }
  const other = named.find((one) => !agrees(one.version, best.version));
  if (other === undefined) return { version: best.version, range: null, conflict };
  return { version: best.version, range: null, conflict: `${best.version} and ${other.version}` };
}

function namedBy(claim: Claim): Named[] {
  const template = claim.fingerprint.version ?? (claim.captures.has('version') ? '<version>' : undefined);
  const version = template === undefined ? null : fillTemplate(template, claim.captures);
  // `Lotus-Domino/0`: a version of noughts is a hidden one.
  return version === null || /^[0.]*$/.test(version) ? [] : [{ version, claim }];
}

function better(next: Named, first: Named): boolean {
  if (next.claim.fingerprint.weight !== first.claim.fingerprint.weight) {
    return next.claim.fingerprint.weight > first.claim.fingerprint.weight;
  }
  return agrees(next.version, first.version) && next.version.length > first.version.length;
}

/** True if one version is the other or says the same less precisely. */
function agrees(a: string, b: string): boolean {
  return a.startsWith(b) || b.startsWith(a) || compareDotted(a, b) === 0;
}

function rangeOf(claims: readonly Claim[]): { range: VersionRange | null; conflict: string | null } {
  let range: VersionRange | null = null;
  for (const { fingerprint } of claims) {
    if (fingerprint.range === undefined) continue;
    if (fingerprint.with !== undefined && !claims.some((claim) => claim.fingerprint.id === fingerprint.with)) continue;
    const next = readRange(fingerprint.range);
    const joined: VersionRange | null = range === null ? next : intersect(range, next);
    if (joined === null) {
      return { range: null, conflict: `${range === null ? '' : writeRange(range)} and ${fingerprint.range}` };
    }
    range = joined;
  }
  return { range, conflict: null };
}
