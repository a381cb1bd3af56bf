import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';
import { readExchangeName } from './exchange-name.ts';

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

/** Longest text that is read as the name of a build. */
const TEXT_MAX = 120;

export const EXCHANGE_FORMS =
  'take a build (15.2.1544.13, 15.2.1544, "Version 15.1 (Build 2507.39)") or a name ("2019 CU14 Nov24SU", "2010 SP3 RU32", "SE RTM")';

/** Reads a build number or the name of an update as people and products write it. Never throws. */
export function readExchangeBuild(text: string, rows: readonly ExchangeBuildRow[]): ExchangeReading {
  if (text.length > TEXT_MAX)
    return { ok: false, message: `this is too long for a build; ${EXCHANGE_FORMS}`, near: [] };
  const plain = text.toLowerCase().replace(/[®™_]/g, ' ').replace(/\s+/g, ' ').trim();
  const numbers = readNumbers(plain);
  if (numbers !== null) return fromNumbers(numbers, rows);
  return readExchangeName(plain, rows);
}

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

/** Rows of a service pack (2007, 2010) have two parts in common, those of a cumulative update three. */
function lineLength(generation: string): number {
  return generation === '2007' || generation === '2010' ? 2 : 3;
}

/** Exchange 2000 and 2003 put the SP2 of two sources at different builds; both are met. */
const SAME_BUILD: ReadonlyMap<string, string> = new Map([['6.5.7683', '6.5.7638']]);

function readNumbers(plain: string): BuildKey | null {
  const written = /version (\d{1,2})\.(\d{1,2}) ?\(build (\d{1,5})(?:\.(\d{1,4}))?/.exec(plain);
  if (written !== null)
    return written
      .slice(1)
      .filter((part) => part !== undefined)
      .map(Number);
  const dotted = /(?:^|[^\d.])(\d{1,2}\.\d{1,2}(?:\.\d{1,5}){1,2})(?![\d.]*\d)/.exec(plain);
  if (dotted?.[1] !== undefined) return buildKey(SAME_BUILD.get(dotted[1].replace(/^0/, '')) ?? dotted[1]);
  const servicePack = /^(?:version )?((?:8|14)\.[0-3])$/.exec(plain);
  return servicePack?.[1] === undefined ? null : buildKey(servicePack[1]);
}

function fromNumbers(key: BuildKey, rows: readonly ExchangeBuildRow[]): ExchangeReading {
  const generation = generationOf(key);
  if (generation === null) {
    const windows = key[0] !== undefined && key[0] >= 7 && key[0] <= 10;
    const why = windows ? 'is a version of the Windows SMTP service, not of Exchange' : 'is no build of Exchange';
    return { ok: false, message: `${key.join('.')} ${why}; ${EXCHANGE_FORMS}`, near: [] };
  }
  const ofGeneration = rows.filter((row) => row.generation === generation);
  const line = key.slice(0, lineLength(generation));
  const ofLine = ofGeneration.filter((row) => startsWith(buildKey(row.build), line));
  const full = key.length === 4 || (key.length === 3 && !FOUR_PARTS.has(generation));
  if (full) return { ok: true, build: exactBuild(generation, key, line, ofGeneration, ofLine) };
  const first = ofLine[0];
  const held = ofGeneration.filter((row) => startsWith(buildKey(row.build), key));
  const single = held.length === 1 ? held[0] : undefined;
  return {
    ok: true,
    build: {
      generation,
      level: first?.level ?? null,
      update: single !== undefined && lineLength(generation) === 2 ? (single.update ?? '') : null,
      name: nameOf(generation, first?.level ?? null, null),
      build: key.join('.'),
      line: line.join('.'),
      low: buildKey(held[0]?.build ?? `${key.join('.')}.0`),
      high: [...key, Number.POSITIVE_INFINITY],
      exact: false,
      row: null,
      note: first === undefined ? unknownLine(line, ofGeneration) : null,
    },
  };
}

/** Generations whose builds have four parts. */
const FOUR_PARTS = new Set(['2007', '2010', '2013', '2016', '2019', 'SE']);

function exactBuild(
  generation: string,
  key: BuildKey,
  line: BuildKey,
  ofGeneration: readonly ExchangeBuildRow[],
  ofLine: readonly ExchangeBuildRow[],
): ExchangeBuild {
  const row = ofGeneration.find((one) => compareBuilds(buildKey(one.build), key) === 0) ?? null;
  const below = ofGeneration.filter((one) => compareBuilds(buildKey(one.build), key) <= 0).at(-1);
  const level = row?.level ?? ofLine[0]?.level ?? (FOUR_PARTS.has(generation) ? null : (below?.level ?? null));
  let note: string | null = row?.doubtful === true ? (row.note ?? 'the sources differ on this build') : null;
  if (row === null) {
    note =
      ofLine.length > 0
        ? `no update of this build is known; the nearest below is ${describe(below)}`
        : FOUR_PARTS.has(generation)
          ? unknownLine(line, ofGeneration)
          : `no update of this build is known; the nearest below is ${describe(below)}`;
  }
  return {
    generation,
    level,
    update: row === null ? null : (row.update ?? ''),
    name: nameOf(generation, level, row === null ? null : (row.update ?? '')),
    build: key.join('.'),
    line: row?.line ?? line.join('.'),
    low: key,
    high: key,
    exact: true,
    row,
    note,
  };
}

function describe(row: ExchangeBuildRow | undefined): string {
  return row === undefined ? 'none' : `${shortName(row)} (${row.build})`;
}

function unknownLine(line: BuildKey, ofGeneration: readonly ExchangeBuildRow[]): string {
  const newest = ofGeneration.at(-1);
  if (newest !== undefined && compareBuilds(line, buildKey(newest.line)) > 0) {
    return `${line.join('.')} is newer than what is known (${describe(newest)}): mailward update may know more`;
  }
  return `no update of Exchange begins with ${line.join('.')}`;
}

/** `2019 CU14 Nov24SU`. */
export function shortName(row: ExchangeBuildRow): string {
  return [row.generation, row.level, row.update ?? ''].filter((word) => word !== '').join(' ');
}

/** `Exchange Server 2019 CU14 Nov24SU`. */
export function nameOf(generation: string, level: string | null, update: string | null): string {
  return ['Exchange Server', generation, level ?? '', update ?? ''].filter((word) => word !== '').join(' ');
}
