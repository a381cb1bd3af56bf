import { compact, judged, type Row, shortSource } from './rows.ts';
import type { BuildFact, ExchangeFact, LegacyFact } from './shapes.ts';

const SILENT = /the source gives no detail\.$/;

export function exchangeRow(fact: ExchangeFact): Row {
  return compact({
    id: fact.id,
    nickname: fact.nickname,
    published: fact.published,
    lines: fact.affected.map((entry) =>
      compact({ line: entry.line, fixed: entry.fixedBuild, by: entry.fixedBy, how: entry.derivation }),
    ),
    notByBuild: !fact.matchByBuild,
    gain: SILENT.test(fact.summary) ? null : fact.summary,
    auth: fact.remoteUnauthenticated === true ? 'none' : fact.auth,
    local: fact.auth === 'none' && fact.remoteUnauthenticated === false,
    ...judged(fact),
    notes: fact.notes,
    unverified: !fact.verified,
    sources: fact.sources.map((source) => shortSource(source, fact.id)),
  });
}

/** Days after which the first update since a disclosure is no longer taken for its fix without doubt. */
const LATE_DAYS = 45;
/** Days by which NVD may publish later than Microsoft ships. */
const EARLY_DAYS = 5;

/**
 * A CVE of the years before Microsoft named builds: NVD names service packs, so the fix is joined by date, the first
 * build of that level released on or after the disclosure.
 */
export function legacyRow(fact: LegacyFact, builds: readonly BuildFact[]): Row {
  const named = fact.affectedCpe.filter((name) => name !== '*').map((name) => name.replace(/^\* /, '5.5 '));
  const wanted = named.length === 0 ? ['5.0', '5.5'] : named;
  const spans = wanted.flatMap((name) => span(name, wanted, builds, fact.published));
  return compact({
    id: fact.id,
    published: fact.published,
    named: fact.affectedCpe,
    spans,
    local: /AV:L/.test(fact.cvss?.vector ?? ''),
    auth: fact.remoteUnauthenticated === true ? 'none' : fact.remoteUnauthenticated === false ? 'user' : null,
    ...judged(fact),
    sources: [shortSource(fact.source, fact.id)],
  });
}

function span(name: string, all: readonly string[], builds: readonly BuildFact[], published: string): object[] {
  const [generation = '', ...rest] = name.split(/[ _]/);
  const ofGeneration = builds.filter((build) => build.generation === generation && build.level !== 'Preview');
  const first = ofGeneration[0];
  if (first === undefined) return [];
  const word = rest.join(' ');
  // A bare generation beside none of its service packs means every level; beside them it means the first.
  const everyLevel = word === '' && !all.some((other) => other.startsWith(`${generation} `));
  const level = everyLevel ? null : levelOf(word);
  const held = level === null ? ofGeneration : ofGeneration.filter((build) => sameLevel(build, level));
  const begin = held[0];
  if (begin === undefined) throw new Error(`no build of ${name}`);
  const next = ofGeneration[ofGeneration.indexOf(held.at(-1) as BuildFact) + 1];
  const fix = held.find((build) => daysBetween(published, build.released) >= -EARLY_DAYS);
  return [
    compact({
      from: begin.build,
      before: next?.build,
      fixed: fix?.build,
      late: fix !== undefined && daysBetween(published, fix.released) > LATE_DAYS,
    }),
  ];
}

function levelOf(word: string): string {
  if (word === '') return 'RTM';
  return word.replace(/^cumulative update (\d+)$/, 'CU$1').replace(/^sp(\d).*$/, 'SP$1');
}

function sameLevel(build: BuildFact, level: string): boolean {
  return build.level === level || build.level.endsWith(`(${level})`);
}

function daysBetween(from: string, to: string): number {
  return (Date.parse(to.length === 7 ? `${to}-28` : to) - Date.parse(from)) / 86_400_000;
}
