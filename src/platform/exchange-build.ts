import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';

/** Numbers of a build, compared one by one; missing ones are 0. */
export type BuildKey = readonly number[];

/** An Exchange build as far as it is known: anything from `low` to `high`. */
export interface ExchangeBuild {
  /** `4.0` to `2019`, `SE`. */
  readonly generation: string;
  /** `RTM`, `SP2`, `CU14`; null if only the generation is known or the level is not in the list. */
  readonly level: string | null;
  /** `RU5`, `Nov24SU`; empty for the level's own build, null if it is not known. */
  readonly update: string | null;
  /** `Exchange Server 2019 CU14 Nov24SU`. */
  readonly name: string;
  /** As far as known: `15.2.1544.13`, `15.2.1544`. */
  readonly build: string;
  /** The parts that stay while only security updates come; null if only the generation is known. */
  readonly line: string | null;
  readonly low: BuildKey;
  readonly high: BuildKey;
  /** True if `low` and `high` are one build. */
  readonly exact: boolean;
  readonly row: ExchangeBuildRow | null;
  /** What a reader should know of the reading: a build that is not in the list, a doubt of the sources. */
  readonly note: string | null;
}

export type ExchangeReading =
  | { readonly ok: true; readonly build: ExchangeBuild }
  | { readonly ok: false; readonly message: string; readonly near: readonly string[] };

export const EXCHANGE_FORMS =
  'take a build (15.2.1544.13, 15.2.1544, "Version 15.1 (Build 2507.39)") or a name ("2019 CU14 Nov24SU", "2010 SP3 RU32", "SE RTM")';

/** Orders builds number by number. */
export function compareBuilds(a: BuildKey, b: BuildKey): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const left = a[at] ?? 0;
    const right = b[at] ?? 0;
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

export function buildKey(build: string): BuildKey {
  return build.split('.').map(Number);
}

/** True if `line` is the beginning of `build`, part by part. */
export function startsWith(build: BuildKey, line: BuildKey): boolean {
  return line.length <= build.length && line.every((part, at) => part === build[at]);
}

/** The generation a build number belongs to; null if it is none of Exchange. */
export function generationOf(key: BuildKey): string | null {
  const [major = 0, minor = 0, third = 0] = key;
  if (major === 15) {
    if (minor === 2) return third >= FIRST_SE ? 'SE' : '2019';
    return minor === 0 ? '2013' : minor === 1 ? '2016' : null;
  }
  if (major === 14 && minor <= 3) return '2010';
  if (major === 8 && minor <= 3) return '2007';
  return OLD.get(`${major}.${minor}`) ?? null;
}

/** First third part of Subscription Edition; 2019 CU15 is 15.2.1748. */
const FIRST_SE = 2562;
const OLD: ReadonlyMap<string, string> = new Map([
  ['6.5', '2003'],
  ['6.0', '2000'],
  ['5.5', '5.5'],
  ['5.0', '5.0'],
  ['4.0', '4.0'],
]);

/** `2019 CU14 Nov24SU`. */
export function shortName(row: ExchangeBuildRow): string {
  return [row.generation, row.level, row.update ?? ''].filter((word) => word !== '').join(' ');
}

/** `Exchange Server 2019 CU14 Nov24SU`. */
export function nameOf(generation: string, level: string | null, update: string | null): string {
  return ['Exchange Server', generation, level ?? '', update ?? ''].filter((word) => word !== '').join(' ');
}

/** First build numbers of each generation, oldest first. */
const GENERATIONS: readonly (readonly [generation: string, from: string])[] = [
  ['4.0', '4.0'],
  ['5.0', '5.0'],
  ['5.5', '5.5'],
  ['2000', '6.0'],
  ['2003', '6.5'],
  ['2007', '8.0'],
  ['2010', '14.0'],
  ['2013', '15.0'],
  ['2016', '15.1'],
  ['2019', '15.2'],
  ['SE', '15.2.2562'],
];

/** The generations that a range of builds leaves open, as a person names them: `2007 or 2010`. Null if it leaves all open. */
export function generationsIn(range: string): string | null {
  const from = />=\s*([\d.]+)/.exec(range)?.[1];
  const before = /<\s*([\d.]+)/.exec(range)?.[1];
  const possible = GENERATIONS.filter(([, start], index) => {
    const next = GENERATIONS[index + 1]?.[1];
    const ends = from === undefined || next === undefined || compareBuilds(buildKey(next), buildKey(from)) > 0;
    return ends && (before === undefined || compareBuilds(buildKey(start), buildKey(before)) < 0);
  }).map(([generation]) => generation);
  const [first] = possible;
  if (first === undefined || possible.length === GENERATIONS.length) return null;
  if (possible.length <= 2) return possible.join(' or ');
  return before === undefined ? `${first} or later` : `${first} to ${possible.at(-1)}`;
}
