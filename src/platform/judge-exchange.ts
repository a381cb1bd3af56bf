import { atLeast, type Severity } from '../finding/rule.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import type {
  AffectedLine,
  AffectedSpan,
  ExchangeBuildRow,
  VulnerabilityRow,
} from '../knowledge/load-vulnerabilities.ts';
import { buildKey, compareBuilds, type ExchangeBuild, generationOf, shortName, startsWith } from './exchange-build.ts';
import { severityOf } from './hole-words.ts';
import type { Judgement, VersionSpan } from './judge-range.ts';

/** Judges one row by an Exchange build. `unsupported`: the fix came for newer cumulative updates only. */
export function judgeExchange(row: VulnerabilityRow, build: ExchangeBuild): Judgement | 'unsupported' | null {
  const judged = row.lines === undefined || row.notByBuild === true ? null : judgeLines(row.lines, build);
  const found = judged ?? (row.spans === undefined ? null : judgeSpans(row.spans, build));
  return found === null || found === 'unsupported' ? found : withQuestion(row, build, found);
}

function judgeLines(lines: readonly AffectedLine[], build: ExchangeBuild): Judgement | 'unsupported' | null {
  const own = lines.filter((entry) => generationOf(buildKey(entry.line)) === build.generation);
  const newest = own.reduce<AffectedLine | null>(
    (last, entry) => (last === null || compareBuilds(buildKey(entry.line), buildKey(last.line)) > 0 ? entry : last),
    null,
  );
  if (newest === null || build.line === null) return null;
  const entry = own.find((one) => startsWith(build.low, buildKey(one.line)));
  if (entry === undefined) {
    if (compareBuilds(build.low, buildKey(newest.line)) < 0) return 'unsupported';
    const because = `Cumulative updates after ${newest.line} came out with the fix.`;
    return { status: 'not-affected', because, fixedIn: newest.fixed ?? null };
  }
  if (entry.fixed === undefined) {
    return { status: 'possible', because: 'No source names the build that mends it.', fixedIn: null };
  }
  const name = entry.by === undefined ? entry.fixed : `${entry.fixed} (${entry.by})`;
  const judged = against(build, entry.fixed, name);
  if (entry.how !== 'date-join-late' || judged.status !== 'affected') return judged;
  const because = `${judged.because} The fix was found by its date alone, so an earlier build may have it.`;
  return { ...judged, status: 'possible', because };
}

function against(build: ExchangeBuild, fixed: string, name: string): Judgement {
  const key = buildKey(fixed);
  if (compareBuilds(build.low, key) >= 0) {
    return { status: 'not-affected', because: `${build.build} has the fix, which came with ${name}.`, fixedIn: fixed };
  }
  if (compareBuilds(build.high, key) < 0) {
    return { status: 'affected', because: `${build.build} is older than ${name}, which mends it.`, fixedIn: fixed };
  }
  const because = `${name} mends it; ${build.build} does not say which security update is installed.`;
  return { status: 'possible', because, fixedIn: fixed };
}

function judgeSpans(spans: readonly AffectedSpan[], build: ExchangeBuild): Judgement | null {
  const own = spans.filter((span) => generationOf(buildKey(span.from)) === build.generation);
  for (const span of own) {
    const before = span.before === undefined ? null : buildKey(span.before);
    if (compareBuilds(build.high, buildKey(span.from)) < 0) continue;
    if (before !== null && compareBuilds(build.low, before) >= 0) continue;
    if (span.fixed === undefined) {
      const because = 'Its source names the service pack only; an update without a build of its own may mend it.';
      return { status: 'possible', because, fixedIn: span.before ?? null };
    }
    const judged = against(build, span.fixed, span.fixed);
    if (span.late !== true) return judged;
    if (judged.status === 'not-affected') return null;
    const because = `${judged.because} The fix was found by its date alone, so an earlier build may have it.`;
    return { ...judged, status: 'possible', because };
  }
  const ended = own.filter((span) => span.before !== undefined && compareBuilds(build.low, buildKey(span.before)) >= 0);
  if (ended.length === 0 || ended.length < own.length || !CUMULATIVE.has(build.generation)) return null;
  const last = ended.map((span) => span.before as string).sort((a, b) => compareBuilds(buildKey(b), buildKey(a)))[0];
  return { status: 'not-affected', because: `${last} and later came out with the fix.`, fixedIn: last ?? null };
}

/** Judges one row where only a range of versions is known, usually a generation: what some build of it has is possible, and nothing is proven. */
export function judgeExchangeSpan(row: VulnerabilityRow, { text, low, high }: VersionSpan): Judgement | null {
  if (row.notByBuild === true) return null;
  const within = (build: string) => {
    const key = buildKey(build);
    return (low === null || compareBuilds(key, low) >= 0) && (high === null || compareBuilds(key, high) < 0);
  };
  const hit =
    row.spans?.findLast((span) => within(span.from)) ?? row.lines?.findLast((entry) => within(entry.line)) ?? null;
  if (hit === null) return null;
  const mended = hit.fixed === undefined ? '' : ` ${hit.fixed} mends it.`;
  return { status: 'possible', because: `The build is not known, only ${text}.${mended}`, fixedIn: hit.fixed ?? null };
}

/** Generations whose every update holds all fixes before it. */
const CUMULATIVE = new Set(['2007', '2010', '2013', '2016', '2019', 'SE']);

/** A setting that no build shows stays a question, until a default answers it. */
function withQuestion(row: VulnerabilityRow, build: ExchangeBuild, judged: Judgement): Judgement {
  const { question } = row;
  if (question === undefined) return judged;
  const settled = question.settledFrom !== undefined && compareBuilds(build.low, buildKey(question.settledFrom)) >= 0;
  if (settled && judged.status !== 'affected') {
    const because = `On by default from ${question.settledFrom}.`;
    return { ...judged, status: 'not-affected', because };
  }
  if (judged.status === 'affected' && question.always !== true) return judged;
  if (judged.status === 'not-affected' && question.answeredByFix === true) return judged;
  const update =
    judged.status === 'affected' && question.answeredByFix !== true
      ? `The update ${judged.fixedIn ?? ''} is missing, and: `
      : '';
  return { ...judged, status: 'possible', because: `${update}${question.ask} ${question.probe}` };
}

/** Ids named in the one finding on a cumulative update without updates. */
const NAMED_MAX = 8;

/** The one finding that stands for all holes whose fixes came for newer cumulative updates only; null if there are none. */
export function unsupportedFinding(
  rows: readonly VulnerabilityRow[],
  build: ExchangeBuild,
  builds: readonly ExchangeBuildRow[],
  product: string,
  subject: string,
): Vulnerability | null {
  const first = rows[0];
  if (first === undefined) return null;
  const exploited = rows.filter((row) => row.kev !== undefined);
  const heaviest = rows.reduce((most, row) => ((row.cvss?.[0] ?? 0) > (most.cvss?.[0] ?? 0) ? row : most), first);
  const newest = builds.filter((row) => row.generation === build.generation).at(-1);
  const named = [...exploited, ...rows.filter((row) => row.kev === undefined).reverse()].slice(0, NAMED_MAX);
  const more = rows.length - named.length;
  const known = exploited.length === 0 ? '' : `, ${exploited.length} of them known to be exploited`;
  return {
    id: UNSUPPORTED_ID,
    status: 'affected',
    because: `${build.name} gets no security updates any more: ${rows.length} ${rows.length === 1 ? 'hole was' : 'holes were'} mended in newer cumulative updates only${known}; assume that all are open here (${named.map((row) => row.id).join(', ')}${more > 0 ? ` and ${more} more` : ''}).`,
    severity: exploited.length > 0 ? 'critical' : atLeastHigh(severityOf(heaviest)),
    cvss: heaviest.cvss?.[0] ?? null,
    knownExploited: exploited.length > 0,
    product,
    subject,
    fixedIn: newest === undefined ? null : newest.build,
    gain: `An attacker can use every hole found since its last update; the newest is ${newest === undefined ? 'not known' : shortName(newest)}.`,
    remote: true,
    unauthenticated: rows.some((row) => row.auth === 'none' && row.local !== true),
  };
}

/** Without updates the next hole stays open too, whatever those of today weigh. */
function atLeastHigh(severity: Severity): Severity {
  return atLeast(severity, 'high') ? severity : 'high';
}

export const UNSUPPORTED_ID = 'MAILWARD-EXCHANGE-UNSUPPORTED-CU';
