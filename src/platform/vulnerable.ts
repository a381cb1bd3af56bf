import type { Identity } from '../finding/identity.ts';
import { SEVERITIES, type Severity } from '../finding/rule.ts';
import type { Vulnerability, VulnerabilityStatus } from '../finding/vulnerability.ts';
import {
  type AffectedRange,
  type DebianFix,
  embeddedHoles,
  type HoleKnowledge,
  type ProductHoles,
  type VulnerabilityRow,
} from '../knowledge/load-vulnerabilities.ts';
import { compareDebian } from './debian-version.ts';
import { compareKeys, readVersion, type VersionKey } from './version.ts';

/** A product as far as it is known. */
export interface Installed {
  /** Id as in `knowledge/products/names.json`. */
  readonly product: string;
  /** Exactly as far as it is known; null if it is not. */
  readonly version: string | null;
  /** Bounds told by behaviour, `>=3.7 <3.9`. */
  readonly versionRange: string | null;
  /** Debian package revision, where it shows. */
  readonly packageVersion: string | null;
  /** Something says that a distribution built it, so that fixes may be in without a new version. */
  readonly distribution: string | null;
  /** The endpoint, host or package it was seen at. */
  readonly subject: string;
}

interface Judgement {
  readonly status: VulnerabilityStatus;
  readonly because: string;
  readonly fixedIn: string | null;
}

let shared: HoleKnowledge | undefined;

/** The holes of an identity, most pressing first. Nothing is told of a product whose version nothing hints at. */
export function holesOf(
  identity: Identity,
  subject: string,
  knowledge = (shared ??=
    embeddedHoles()),
): Vulnerability[] {
  if (identity.productId == null) return [];
  const distribution = /Debian|Ubuntu|Red Hat|SUSE/i.exec(identity.os ?? '')?.[0] ?? null;
  return vulnerabilitiesOf(
    {
      product: identity.productId,
      version: identity.version,
      versionRange: identity.versionRange,
      packageVersion: identity.packageVersion ?? null,
      distribution,
      subject,
    },
    knowledge,
  );
}

/** The holes of a product and version, most pressing first: known exploited, then remote without login, then severity. */
export function vulnerabilitiesOf(installed: Installed, knowledge: HoleKnowledge): Vulnerability[] {
  const holes = knowledge.holesOf(installed.product);
  if (holes === null || (installed.version === null && installed.versionRange === null)) return [];
  const judge = installed.product === 'exchange' ? judgeExchange : judgeByRanges;
  const found = holes.rows.flatMap((row) => {
    const judgement = judge(row, installed, holes);
    return judgement === null ? [] : [describe(row, judgement, installed)];
  });
  return found.sort(byPressure);
}

function describe(
  row: VulnerabilityRow,
  { status, because, fixedIn }: Judgement,
  { product, subject }: Installed,
): Vulnerability {
  const cvss = row.cvss?.[0] ?? null;
  const remote = row.local !== true && row.auth !== 'local';
  return {
    id: row.id,
    status,
    because,
    severity: severityOf(cvss, row),
    cvss,
    knownExploited: row.kev !== undefined,
    product,
    subject,
    fixedIn,
    gain: row.gain ?? null,
    remote,
    unauthenticated: remote && row.auth === 'none',
  };
}

/** CVSS 3.1's own words for a score; without one, a hole that is exploited counts as high. */
function severityOf(cvss: number | null, row: VulnerabilityRow): Severity {
  if (cvss === null) return row.kev === undefined ? 'medium' : 'high';
  if (cvss >= 9) return 'critical';
  if (cvss >= 7) return 'high';
  return cvss >= 4 ? 'medium' : 'low';
}

const STATUS_ORDER: Readonly<Record<VulnerabilityStatus, number>> = { affected: 0, possible: 1, 'not-affected': 2 };

function byPressure(a: Vulnerability, b: Vulnerability): number {
  return (
    STATUS_ORDER[a.status] - STATUS_ORDER[b.status] ||
    Number(b.knownExploited) - Number(a.knownExploited) ||
    Number(b.unauthenticated) - Number(a.unauthenticated) ||
    SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity) ||
    (b.cvss ?? 0) - (a.cvss ?? 0) ||
    (a.id < b.id ? 1 : -1)
  );
}

/** A build of Exchange against the fixing build of its own line; three parts name the update level, never the security update. */
function judgeExchange(row: VulnerabilityRow, { product, version, versionRange }: Installed): Judgement | null {
  if (row.notByBuild === true) return null;
  const build = version === null ? null : readVersion(product, version);
  if (build === null) return spanOfRange(row, versionRange, product);
  const whole = build.length >= 4 || build[0] === 6;
  for (const { line, fixed, by, how } of row.lines ?? []) {
    if (!isPrefix(line, version as string)) continue;
    if (how === 'configuration' || fixed === undefined)
      return { status: 'possible', because: 'no build mends it: it depends on a setting', fixedIn: null };
    const name = by === undefined ? fixed : `${by} (${fixed})`;
    if (!whole)
      return {
        status: 'possible',
        because: `build ${version} names the cumulative update, not whether ${by ?? fixed} is in`,
        fixedIn: name,
      };
    const mended = compareKeys(build, key(product, fixed)) >= 0;
    if (mended) return { status: 'not-affected', because: `build ${version} has ${name}`, fixedIn: name };
    const proven = how !== 'date-join-late';
    return {
      status: proven ? 'affected' : 'possible',
      because: `build ${version} is older than ${name}`,
      fixedIn: name,
    };
  }
  for (const { from, before, fixed, late } of row.spans ?? []) {
    if (compareKeys(build, key(product, from)) < 0) continue;
    if (before !== undefined && compareKeys(build, key(product, before)) >= 0) continue;
    if (!sameMajor(build, key(product, from))) continue;
    if (fixed === undefined)
      return {
        status: 'possible',
        because: `build ${version} is of a level that has it; no source names the build that mends it`,
        fixedIn: null,
      };
    if (compareKeys(build, key(product, fixed)) >= 0)
      return { status: 'not-affected', because: `build ${version} is ${fixed} or later`, fixedIn: fixed };
    const proven = whole && late !== true;
    return {
      status: proven ? 'affected' : 'possible',
      because: `build ${version} is older than ${fixed}`,
      fixedIn: fixed,
    };
  }
  return null;
}

/** Only a generation is known: what any of its builds had is possible, and nothing is proven. */
function spanOfRange(row: VulnerabilityRow, range: string | null, product: string): Judgement | null {
  if (range === null) return null;
  const bounds = readBounds(product, range);
  const starts = [
    ...(row.spans ?? []).map(({ from, fixed }) => ({ from, fixed })),
    ...(row.lines ?? []).map(({ line, fixed }) => ({ from: line, fixed })),
  ];
  const hit = starts.find(({ from }) => within(key(product, from), bounds));
  if (hit === undefined) return null;
  return {
    status: 'possible',
    because: `the build is not known; behaviour tells ${range}`,
    fixedIn: hit.fixed ?? null,
  };
}

function judgeByRanges(row: VulnerabilityRow, installed: Installed, holes: ProductHoles): Judgement | null {
  const { product, version, versionRange, packageVersion, distribution } = installed;
  const fix = holes.debian?.find(({ id, mentionOnly }) => id === row.id && mentionOnly !== true);
  if (packageVersion !== null && fix !== undefined) return judgeByPackage(fix, packageVersion, row);
  if (version === null) return versionRange === null ? null : judgeBounds(row, product, versionRange);
  const at = readVersion(product, version);
  if (at === null) return null;
  const hit = rangeOf(row, product, at);
  if (hit === null) return null;
  const because =
    row.question === undefined ? doubtOf(row, hit, packageVersion === null ? distribution : null) : row.question.ask;
  const fixedIn = hit.fixed ?? null;
  if (because !== null) return { status: 'possible', because, fixedIn };
  return { status: 'affected', because: `version ${version} is ${boundWords(hit)}`, fixedIn };
}

/** The package's own revision decides: Debian mends holes without a new upstream version. */
function judgeByPackage(fix: DebianFix, packageVersion: string, row: VulnerabilityRow): Judgement {
  if (fix.open === true || fix.fixed === undefined)
    return { status: 'affected', because: `Debian has not mended ${fix.source} ${packageVersion}`, fixedIn: null };
  if (compareDebian(packageVersion, fix.fixed) < 0) {
    return {
      status: 'affected',
      because: `${fix.source} ${packageVersion} is older than ${fix.fixed}`,
      fixedIn: fix.fixed,
    };
  }
  if (row.question !== undefined) return { status: 'possible', because: row.question.ask, fixedIn: fix.fixed };
  return {
    status: 'not-affected',
    because: `${fix.source} ${packageVersion} has the fix of ${fix.fixed}`,
    fixedIn: fix.fixed,
  };
}

function judgeBounds(row: VulnerabilityRow, product: string, range: string): Judgement | null {
  const bounds = readBounds(product, range);
  const open: VersionKey = [];
  const hit = (row.ranges ?? []).find(
    ({ from, after, fixed, last, unknown }) =>
      unknown !== true &&
      (bounds.below === null || compareKeys(keyOr(product, from ?? after, open), bounds.below) < 0) &&
      (bounds.least === null || endsAfter(product, fixed, last, bounds.least)),
  );
  return hit === undefined
    ? null
    : { status: 'possible', because: `the version is not known; behaviour tells ${range}`, fixedIn: hit.fixed ?? null };
}

function endsAfter(product: string, fixed: string | undefined, last: string | undefined, least: VersionKey): boolean {
  if (fixed !== undefined) return compareKeys(key(product, fixed), least) > 0;
  return last === undefined || compareKeys(key(product, last), least) >= 0;
}

/** The range a version lies in; the vaguest kind last, so that what is proven is told first. */
function rangeOf(row: VulnerabilityRow, product: string, at: VersionKey): AffectedRange | null {
  const hits = (row.ranges ?? []).filter((range) => inRange(range, product, at));
  const listed = (row.versions ?? []).find((version) => compareKeys(key(product, version), at) === 0);
  return (
    hits.find(({ unknown, doubt }) => unknown !== true && doubt === undefined) ??
    (listed === undefined ? (hits[0] ?? null) : { from: listed, last: listed })
  );
}

function inRange({ from, after, fixed, last, unknown }: AffectedRange, product: string, at: VersionKey): boolean {
  if (unknown === true) return true;
  if (from !== undefined && compareKeys(at, key(product, from)) < 0) return false;
  if (after !== undefined && compareKeys(at, key(product, after)) <= 0) return false;
  if (fixed !== undefined) return compareKeys(at, key(product, fixed)) < 0;
  return last === undefined || compareKeys(at, key(product, last)) <= 0;
}

function doubtOf(row: VulnerabilityRow, range: AffectedRange, distribution: string | null): string | null {
  if (range.unknown === true) return 'the source gives no usable bounds';
  if (range.doubt !== undefined || row.doubt !== undefined) return (range.doubt ?? row.doubt) as string;
  if (distribution !== null) return `${distribution} mends holes without a new version, and its revision does not show`;
  return range.fixed === undefined && range.last === undefined ? 'no source names the version that mends it' : null;
}

function boundWords({ fixed, last }: AffectedRange): string {
  return fixed === undefined ? `${last} or earlier` : `older than ${fixed}`;
}

interface Bounds {
  readonly least: VersionKey | null;
  /** Exclusive. */
  readonly below: VersionKey | null;
}

/** Reads `>=3.7 <3.9`; `<=` counts as its next version down to the fifth part, which no product has. */
function readBounds(product: string, range: string): Bounds {
  let least: VersionKey | null = null;
  let below: VersionKey | null = null;
  for (const [, sign, version] of range.matchAll(/(>=|>|<=|<|=)\s*([\w.-]+)/g)) {
    const bound = key(product, version as string);
    if (sign === '>=' || sign === '>' || sign === '=') least = bound;
    if (sign === '<') below = bound;
    if (sign === '<=' || sign === '=')
      below = [...bound, ...new Array<number>(Math.max(0, 5 - bound.length)).fill(0), 1];
  }
  return { least, below };
}

function within(at: VersionKey, { least, below }: Bounds): boolean {
  return (least === null || compareKeys(at, least) >= 0) && (below === null || compareKeys(at, below) < 0);
}

function key(product: string, version: string): VersionKey {
  return readVersion(product, version) ?? [];
}

function keyOr(product: string, version: string | undefined, otherwise: VersionKey): VersionKey {
  return version === undefined ? otherwise : key(product, version);
}

function isPrefix(line: string, build: string): boolean {
  return build === line || build.startsWith(`${line}.`);
}

function sameMajor(a: VersionKey, b: VersionKey): boolean {
  return a[0] === b[0] && a[1] === b[1];
}
