import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';
import {
  type BuildKey,
  buildKey,
  compareBuilds,
  EXCHANGE_FORMS,
  type ExchangeBuild,
  type ExchangeReading,
  generationOf,
  nameOf,
  shortName,
  startsWith,
} from './exchange-build.ts';
import { readExchangeName } from './exchange-name.ts';

/** Longest text that is read as the name of a build. */
const TEXT_MAX = 120;

/** Reads a build number or the name of an update as people and products write it. Never throws. */
export function readExchangeBuild(text: string, rows: readonly ExchangeBuildRow[]): ExchangeReading {
  if (text.length > TEXT_MAX)
    return { ok: false, message: `this is too long for a build; ${EXCHANGE_FORMS}`, near: [] };
  const plain = text.toLowerCase().replace(/[®™_]/g, ' ').replace(/\s+/g, ' ').trim();
  const numbers = readNumbers(plain);
  if (numbers !== null) return fromNumbers(numbers, rows);
  return readExchangeName(plain, rows);
}

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
  // Products of before 2007 add a part of their own: "V6.5.7638.1" is written by 6.5.7638.
  const row =
    ofGeneration.find((one) => compareBuilds(buildKey(one.build), key) === 0) ??
    (FOUR_PARTS.has(generation) ? null : (ofGeneration.find((one) => one.build === key.slice(0, 3).join('.')) ?? null));
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
