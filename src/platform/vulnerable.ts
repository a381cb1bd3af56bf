import { byWeight } from '../finding/hole-order.ts';
import type { Identity } from '../finding/identity.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import type {
  ExchangeBuildRow,
  HoleKnowledge,
  ProductHoles,
  VulnerabilityRow,
} from '../knowledge/load-vulnerabilities.ts';
import { buildKey, compareBuilds, type ExchangeBuild } from './exchange-build.ts';
import { readExchangeBuild } from './exchange-reading.ts';
import { gainOf, isRemote, isUnauthenticated, severityOf } from './hole-words.ts';
import { holesInUse } from './holes-in-use.ts';
import { judgeDebian, type PackageRevision } from './judge-debian.ts';
import { judgeExchange, judgeExchangeSpan, unsupportedFinding } from './judge-exchange.ts';
import { type Judgement, judgeRange, spanOf, spanOfRange, type VersionSpan } from './judge-range.ts';
import { supportEnded } from './support-ended.ts';
import { compareKeys, readVersion } from './version.ts';

/** What is asked: which holes a product has, as far as its version is known. */
export interface HoleQuestion {
  /** Product id of `knowledge/products/names.json`. */
  readonly product: string;
  /** The part of the product, where its parts have versions of their own: `imp` of Horde. */
  readonly component?: string | null;
  readonly version?: string | null;
  /** `>=3.7 <3.9`, if that is all that is known. */
  readonly versionRange?: string | null;
  readonly package?: PackageRevision | null;
  /** A distribution that gave itself away without its revision: nothing is more than possible then. */
  readonly distribution?: string | null;
  /** The endpoint, host or package the answer is for. */
  readonly subject: string;
}

/** The answer. Rows that say nothing about this version are not in it. */
export interface HoleAnswer {
  readonly product: string;
  readonly version: string | null;
  /** What the version was read as; null if there is no more to say than the version does. */
  readonly build: BuildTold | null;
  /** The day on which support ended; null if it has not, or if no source says. */
  readonly supportEnded: string | null;
  /** Open before mended, then by weight. */
  readonly vulnerabilities: readonly Vulnerability[];
  /** What a reader should know besides: what was not judged and why, what would reveal more. */
  readonly notes: readonly string[];
  /** Why nothing could be judged; null if it could. */
  readonly unread: string | null;
}

/** An Exchange build or a Debian package, as far as it is known. */
export type BuildTold =
  | {
      readonly name: string;
      readonly generation: string;
      readonly level: string | null;
      readonly update: string | null;
      readonly build: string;
      readonly exact: boolean;
      readonly released: string | null;
      readonly kb: string | null;
      readonly newestInLine: string | null;
      readonly newestInGeneration: string | null;
    }
  | {
      readonly name: string;
      readonly source: string | null;
      readonly revision: string;
      readonly newest: string | null;
    };

/** Judges every known hole of a product for what is known of its version. Pure, and never throws for a version it cannot read. */
export function vulnerabilitiesOf(
  question: HoleQuestion,
  knowledge: HoleKnowledge = holesInUse(),
  today: string = new Date().toISOString().slice(0, 10),
): HoleAnswer {
  const holes = knowledge.holesOf(question.product);
  if (question.product === 'exchange') return judgeAsExchange(question, holes, knowledge, today);
  const version = question.version ?? null;
  const installed = question.package ?? null;
  const span = spanOfQuestion(question);
  const ended =
    installed !== null || version === null ? null : supportEnded(knowledge, question.product, version, today);
  const base = { product: question.product, version, build: packageTold(holes, installed), supportEnded: ended };
  if (holes === null)
    return { ...base, vulnerabilities: [], notes: ['No hole of this product is known.'], unread: null };
  if (span === null && installed === null) {
    const unread = version === null ? 'no version is known' : `${JSON.stringify(version)} is not a version`;
    return { ...base, vulnerabilities: [], notes: [], unread };
  }
  const { rows: named, skipped } = rowsFor(holes, question.component ?? null);
  const rows = installed === null ? named : [...named, ...rowsOfFixes(holes, installed)];
  const found = rows.flatMap((row) => {
    const judged =
      installed !== null ? judgeDebian(holes, row, installed) : judgeRange(holes.product, row, span as VersionSpan);
    const told =
      judged === null ? null : soften(row, judged, question, span, installed !== null ? installed.revision : null);
    return told === null ? [] : [toVulnerability(row, told, question)];
  });
  return { ...base, vulnerabilities: found.sort(byWeight), notes: notesOf(holes, question, skipped), unread: null };
}

/** The open holes of an identity, for a report: what is mended is left out. */
export function holesOf(identity: Identity, subject: string, knowledge: HoleKnowledge = holesInUse()): Vulnerability[] {
  const question = questionOf(identity, subject);
  if (question === null) return [];
  return vulnerabilitiesOf(question, knowledge).vulnerabilities.filter((hole) => hole.status !== 'not-affected');
}

/** What an identity lets one ask; null if it names no product. */
export function questionOf(identity: Identity, subject: string): HoleQuestion | null {
  const product = identity.productId ?? null;
  if (product === null) return null;
  const revision = identity.packageVersion ?? null;
  return {
    product,
    version: identity.version,
    versionRange: identity.versionRange,
    package: revision === null || !/\d/.test(revision) ? null : { source: null, revision },
    distribution: distributionIn(identity.os),
    subject,
  };
}

const DISTRIBUTIONS =
  /debian|ubuntu|red ?hat|rhel|centos|fedora|suse|alma|rocky|oracle linux|gentoo|freebsd|openbsd|amazon linux|raspbian|mageia/i;

/** The distribution that a text names; null if it names none. */
export function distributionIn(text: string | null): string | null {
  return text === null ? null : (DISTRIBUTIONS.exec(text)?.[0] ?? null);
}

function spanOfQuestion({ product, version, versionRange }: HoleQuestion): VersionSpan | null {
  if (version !== null && version !== undefined) return spanOf(product, version);
  return versionRange === null || versionRange === undefined ? null : spanOfRange(product, versionRange);
}

/** Components that carry the version of the bundle itself. */
const BUNDLES = new Set(['groupware', 'groupware-webmail', 'webmail', 'pigeonhole']);

function rowsFor(
  holes: ProductHoles,
  component: string | null,
): { readonly rows: readonly VulnerabilityRow[]; readonly skipped: ReadonlySet<string> } {
  const skipped = new Set<string>();
  const rows = holes.rows.filter((row) => {
    if (component !== null) return row.component === component;
    if (row.component === undefined || BUNDLES.has(row.component)) return true;
    skipped.add(row.component);
    return false;
  });
  return { rows, skipped };
}

/** Holes that only the changelogs of packages name. */
function rowsOfFixes(holes: ProductHoles, installed: PackageRevision): VulnerabilityRow[] {
  const named = new Set(holes.rows.map((row) => row.id));
  const rows = new Map<string, VulnerabilityRow>();
  for (const fix of holes.debian ?? []) {
    if (named.has(fix.id) || (installed.source !== null && fix.source !== installed.source)) continue;
    rows.set(fix.id, { id: fix.id, sources: [`Debian ${fix.source}`] });
  }
  return [...rows.values()];
}

function notesOf(holes: ProductHoles, question: HoleQuestion, skipped: ReadonlySet<string>): string[] {
  const notes: string[] = [];
  if (skipped.size > 0) {
    const parts = [...skipped].sort().join(', ');
    notes.push(
      `Parts with versions of their own are not judged by this version: ${parts} (ask for ${question.product}-${[...skipped].sort()[0]}, for example).`,
    );
  }
  if (holes.rows.length === 0 && !question.package) {
    notes.push('Holes of this product are known by Debian revision only: name it with --package.');
  }
  if (question.distribution && !question.package) {
    notes.push(`${question.distribution} mends holes without a new version: the package revision would decide.`);
  }
  return notes;
}

/** What keeps a match from being a proof: a setting, a distribution's own fixes, a range instead of a version. */
function soften(
  row: VulnerabilityRow,
  judged: Judgement,
  question: HoleQuestion,
  span: VersionSpan | null,
  revision: string | null,
): Judgement | null {
  const asked = withQuestion(row, judged, question.product, revision ?? span?.text ?? null, span);
  if (asked.status !== 'affected' || revision !== null) return asked;
  if (question.distribution) {
    const because = `${asked.because} ${question.distribution} may have mended it in its package.`;
    return { ...asked, status: 'possible', because };
  }
  if (span !== null && !span.exact && question.version == null) {
    return { ...asked, status: 'possible', because: `${asked.because} The version was told by behaviour.` };
  }
  return asked;
}

function withQuestion(
  row: VulnerabilityRow,
  judged: Judgement,
  product: string,
  text: string | null,
  span: VersionSpan | null,
): Judgement {
  const { question } = row;
  if (question === undefined || (judged.status === 'affected' && question.always !== true)) return judged;
  const low = text === null ? null : (readVersion(product, text) ?? span?.low ?? null);
  const settled = question.settledFrom === undefined ? null : readVersion(product, question.settledFrom);
  if (judged.status === 'not-affected' && low !== null && settled !== null && compareKeys(low, settled) >= 0) {
    return {
      ...judged,
      because: `Off by default since ${question.settledFrom}.`,
      fixedIn: question.settledFrom ?? null,
    };
  }
  return { ...judged, status: 'possible', because: `${question.ask} ${question.probe}` };
}

function toVulnerability(row: VulnerabilityRow, judged: Judgement, question: HoleQuestion): Vulnerability {
  return {
    id: row.id,
    status: judged.status,
    because: judged.because,
    severity: severityOf(row),
    cvss: row.cvss?.[0] ?? null,
    knownExploited: row.kev !== undefined,
    product: question.product,
    subject: question.subject,
    fixedIn: judged.fixedIn,
    gain: gainOf(row),
    remote: isRemote(row),
    unauthenticated: isUnauthenticated(row),
    ...(row.epss === undefined ? {} : { epss: row.epss }),
  };
}

function packageTold(holes: ProductHoles | null, installed: PackageRevision | null): BuildTold | null {
  if (installed === null) return null;
  const sources = Object.keys(holes?.debianCurrent ?? {});
  const source = installed.source ?? (sources.length === 1 ? (sources[0] ?? null) : null);
  const newest = source === null ? undefined : holes?.debianCurrent?.[source];
  return {
    name: `${source ?? 'package'} ${installed.revision}`,
    source,
    revision: installed.revision,
    newest: newest ?? null,
  };
}

function judgeAsExchange(
  question: HoleQuestion,
  holes: ProductHoles | null,
  knowledge: HoleKnowledge,
  today: string,
): HoleAnswer {
  const version = question.version ?? null;
  const builds = knowledge.exchangeBuilds();
  const reading = version === null ? null : readExchangeBuild(version, builds);
  const span = version === null && question.versionRange ? spanOfRange('exchange', question.versionRange) : null;
  if (span !== null) {
    const found = (holes?.rows ?? []).flatMap((row) => {
      const judged = judgeExchangeSpan(row, span);
      return judged === null ? [] : [toVulnerability(row, judged, question)];
    });
    const notes = ['The build is not known, so nothing is proven; the web pages or a bounce of the server tell it.'];
    const base = { product: 'exchange', version, build: null, supportEnded: null };
    return { ...base, vulnerabilities: found.sort(byWeight), notes, unread: null };
  }
  if (reading === null || !reading.ok) {
    const unread = reading === null ? 'no version is known' : reading.message;
    return { product: 'exchange', version, build: null, supportEnded: null, vulnerabilities: [], notes: [], unread };
  }
  const { build } = reading;
  const generation = build.level === null && build.line === null ? spanOfGeneration(build) : null;
  const unsupported: VulnerabilityRow[] = [];
  const found: Vulnerability[] = [];
  for (const row of holes?.rows ?? []) {
    const judged = generation === null ? judgeExchange(row, build) : judgeExchangeSpan(row, generation);
    if (judged === 'unsupported') unsupported.push(row);
    else if (judged !== null) found.push(toVulnerability(row, judged, question));
  }
  const one = unsupportedFinding(unsupported, build, builds, 'exchange', question.subject);
  const cycle = build.generation === 'SE' ? 'subscription' : build.generation;
  return {
    product: 'exchange',
    version,
    build: exchangeTold(build, builds),
    supportEnded: supportEnded(knowledge, 'exchange', cycle, today),
    vulnerabilities: [...found, ...(one === null ? [] : [one])].sort(byWeight),
    notes: build.note === null ? [] : [build.note],
    unread: null,
  };
}

/** The newest build that is known, unless what was asked is newer still. */
function notBefore({ build, low }: ExchangeBuild, newest: string | undefined): string | null {
  if (newest === undefined) return null;
  return compareBuilds(buildKey(newest), low) < 0 ? build : newest;
}

/** Every build of a generation, where no more than that is known. */
function spanOfGeneration({ name, low, high }: ExchangeBuild): VersionSpan {
  return { text: name, low, high: [...high, Number.POSITIVE_INFINITY], open: true, exact: false };
}

/** Exchange 2003 SP2 as one source has it; the others, and the updates after it, count from 6.5.7638. */
const SECOND_SP2 = '6.5.7683';

function exchangeTold(build: ExchangeBuild, builds: readonly ExchangeBuildRow[]): BuildTold {
  const { row, line } = build;
  const ofGeneration = builds.filter((one) => one.generation === build.generation && one.build !== SECOND_SP2);
  const ofLine = ofGeneration.filter((one) => line !== null && `${one.build}.`.startsWith(`${line}.`));
  return {
    name: build.name,
    generation: build.generation,
    level: build.level,
    update: build.update,
    build: build.build,
    exact: build.exact,
    released: row?.released ?? null,
    kb: row?.kb ?? null,
    newestInLine: notBefore(build, ofLine.at(-1)?.build),
    newestInGeneration: notBefore(build, ofGeneration.at(-1)?.build),
  };
}
