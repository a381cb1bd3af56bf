import type { DebianFix, ProductHoles, VulnerabilityRow } from '../knowledge/load-vulnerabilities.ts';
import { compareDebian, upstreamOf } from './debian-version.ts';
import { type Judgement, judgeRange, spanOf } from './judge-range.ts';

/** An installed package of Debian or a relative: the revision decides, not the version it shows. */
export interface PackageRevision {
  /** Source package; null if it is not known. */
  readonly source: string | null;
  readonly revision: string;
}

/** The release a revision was made for: `deb12`, `ubuntu`, `bpo12`; `sid` if it names none. */
export function releaseOf(revision: string): string {
  const security = /[+~]deb(\d{1,3})u/.exec(revision);
  if (security !== null) return `deb${security[1]}`;
  const backport = /~bpo(\d{1,3})\+/.exec(revision);
  if (backport !== null) return `bpo${backport[1]}`;
  return revision.includes('ubuntu') ? 'ubuntu' : 'sid';
}

/** Judges one row by a package revision. Null: neither Debian nor the ranges say anything. */
export function judgeDebian(holes: ProductHoles, row: VulnerabilityRow, installed: PackageRevision): Judgement | null {
  const fixes = (holes.debian ?? []).filter(
    (fix) => fix.id === row.id && (installed.source === null || fix.source === installed.source),
  );
  const release = releaseOf(installed.revision);
  for (const fix of fixes) {
    const judgement = byFix(fix, installed.revision, release);
    if (judgement !== null) return judgement;
  }
  const upstream = spanOf(holes.product, upstreamOf(installed.revision));
  const judged = upstream === null ? null : judgeRange(holes.product, row, upstream);
  if (judged === null || judged.status !== 'affected') return judged;
  if (fixes.length === 0 && row.unverified !== true && isCovered(holes, installed, release)) {
    return { ...judged, because: `${judged.because} Debian names no fix for it.` };
  }
  const elsewhere = fixes[0]?.fixed;
  const because =
    elsewhere === undefined
      ? `${judged.because} Whether this package has a fix of its own is not known.`
      : `Debian mended it in ${elsewhere}; whether this package has the fix too is not known.`;
  return { status: 'possible', because, fixedIn: elsewhere ?? judged.fixedIn };
}

/** What one fix says of a revision; null if it belongs to another line of development. */
function byFix(fix: DebianFix, revision: string, release: string): Judgement | null {
  if (fix.fixed === undefined) {
    if (fix.open !== true) return null;
    if (release !== suiteRelease(fix.suite) && fix.revisions?.includes(revision) !== true) return null;
    return { status: 'affected', because: `Debian's tracker says that ${fix.suite} still has it.`, fixedIn: null };
  }
  if (fix.fixed === '0') {
    if (release !== suiteRelease(fix.suite)) return null;
    return { status: 'not-affected', because: `Debian says that ${fix.suite} never had it.`, fixedIn: fix.fixed };
  }
  const fixRelease = releaseOf(fix.fixed);
  const order = compareDebian(revision, fix.fixed);
  const sameLine = fixRelease !== 'sid' && fixRelease === release;
  if (order >= 0 && (sameLine || fixRelease === 'sid')) {
    return { status: 'not-affected', because: `Debian mended it in ${fix.fixed}.`, fixedIn: fix.fixed };
  }
  if (order >= 0) return null;
  // The package that the security updates of a release began with: 4.96-15 before 4.96-15+deb12u1.
  const beginning = release === 'sid' && fix.fixed.startsWith(`${revision}+deb`);
  if (!sameLine && !beginning) return null;
  return { status: 'affected', because: `Debian mended it in ${fix.fixed}, which is newer.`, fixedIn: fix.fixed };
}

const SUITES: Readonly<Record<string, string>> = {
  buster: 'deb10',
  bullseye: 'deb11',
  bookworm: 'deb12',
  trixie: 'deb13',
};

function suiteRelease(suite: string): string | undefined {
  return SUITES[suite.split('-')[0] ?? ''];
}

/** True if the changelog of this package has been read up to this revision, so that its silence means something. */
function isCovered(holes: ProductHoles, installed: PackageRevision, release: string): boolean {
  return Object.entries(holes.debianCurrent ?? {}).some(
    ([source, current]) =>
      (installed.source === null || installed.source === source) &&
      compareDebian(installed.revision, current) <= 0 &&
      (current === installed.revision || (release !== 'sid' && releaseOf(current) === release)),
  );
}
