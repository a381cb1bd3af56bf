import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';
import { buildKey, EXCHANGE_FORMS, type ExchangeReading, nameOf, shortName } from './exchange-build.ts';

const GENERATION = /^(4\.0|5\.0|5\.5|2000|2003|2007|2010|2013|2016|2019|se|subscription edition)\b/;
const MONTHS = 'jan feb mar apr may jun jul aug sep oct nov dec'.split(' ');
/** Names offered when a name is not known: all levels of a generation fit, and the newest updates of one level. */
const NEAR_MAX = 30;
const UPDATES_MAX = 6;

/** Reads the name of a cumulative update, service pack, rollup or security update. `plain` is in lower case. */
export function readExchangeName(plain: string, rows: readonly ExchangeBuildRow[]): ExchangeReading {
  const words = plain.replace(/^(?:(?:microsoft|ms|exchange|server|version|v)\b[ .-]*)+/, '');
  const found = GENERATION.exec(words);
  if (found?.[1] === undefined) {
    const all = [...new Set(rows.map((row) => row.generation))];
    return {
      ok: false,
      message: `no generation of Exchange stands in it (${all.join(', ')}); ${EXCHANGE_FORMS}`,
      near: [],
    };
  }
  const generation = /^s/.test(found[1]) ? 'SE' : found[1];
  const rest = words.slice(found[1].length).replace(/^[ .,-]*(?:server\b)?[ .,-]*/, '');
  return readRest(
    generation,
    rest,
    rows.filter((row) => row.generation === generation),
  );
}

function readRest(generation: string, rest: string, rows: readonly ExchangeBuildRow[]): ExchangeReading {
  const level = readLevel(rest) ?? (generation === 'SE' ? 'RTM' : null);
  const update = readUpdate(rest);
  if (level === null && update === null && rest !== '') {
    return unknown(`${JSON.stringify(rest)} names no update of Exchange ${generation}`, levelsOf(rows));
  }
  if (level === null && update === null) return { ok: true, build: whole(generation, rows) };
  const ofLevel = level === null ? rows : rows.filter((row) => row.level === level || row.level.endsWith(`(${level})`));
  if (ofLevel.length === 0) {
    return unknown(`Exchange ${generation} has no ${level}`, levelsOf(rows));
  }
  if (update === null) {
    const base = ofLevel[0];
    if (/\b(?:base|initial|without|no su)\b/.test(rest) && base !== undefined) return { ok: true, build: one(base) };
    return { ok: true, build: levelOnly(generation, ofLevel) };
  }
  const named = ofLevel.filter((row) => update(row));
  const [first, second] = named;
  if (first === undefined) {
    return unknown(
      `Exchange ${generation} ${level ?? ''} has no such update`.replace('  ', ' '),
      ofLevel.slice(-UPDATES_MAX).map(shortName),
    );
  }
  if (second !== undefined && first.level !== second.level) {
    return unknown('this update came for several cumulative updates, name one', named.map(shortName));
  }
  // "RU3" where RU3v1 and RU3v2 exist, "Nov24SU" beside Nov24SUv2: the first is meant.
  return { ok: true, build: one(first) };
}

function levelsOf(rows: readonly ExchangeBuildRow[]): string[] {
  return rows.map(({ generation, level }) => `${generation} ${level}`);
}

function readLevel(rest: string): string | null {
  const cu = /\b(?:cu|cumulative update) ?-?(\d{1,2})\b/.exec(rest);
  if (cu?.[1] !== undefined) return cu[1] === '4' ? 'CU4 (SP1)' : `CU${Number(cu[1])}`;
  const sp = /\b(?:sp|service pack) ?-?(\d)\b/.exec(rest);
  if (sp?.[1] !== undefined) return `SP${sp[1]}`;
  if (/\brtm\b/.test(rest)) return 'RTM';
  return /\b(?:preview|beta)\b/.test(rest) ? 'Preview' : null;
}

/** What the text says of an update, as a test for rows; null if it says nothing. */
function readUpdate(rest: string): ((row: ExchangeBuildRow) => boolean) | null {
  const kb = /\bkb ?(\d{6,8})\b/.exec(rest);
  if (kb?.[1] !== undefined) return (row) => row.kb === `KB${kb[1]}` || row.update?.endsWith(`KB${kb[1]}`) === true;
  const rollup = /\b(?:ru|(?:update )?rollup) ?-?(\d{1,2}) ?-?(v\d)?\b/.exec(rest);
  if (rollup?.[1] !== undefined) {
    const wanted = `RU${Number(rollup[1])}${rollup[2] ?? ''}`;
    return (row) => row.update === wanted || (rollup[2] === undefined && row.update?.startsWith(`${wanted}v`) === true);
  }
  const dated =
    /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ .,'-]*(?:20)?(\d\d)[ -]*(su|hu|security|hotfix)?/.exec(
      rest,
    ) ?? /\b(20\d\d)-(\d\d)[ -]*(su|hu|security|hotfix)?/.exec(rest);
  if (dated === null) return null;
  const [, one = '', two = '', kind = ''] = dated;
  const version = /v\d\b/.exec(rest)?.[0] ?? '';
  const month = /^2/.test(one) ? MONTHS[Number(two) - 1] : one;
  const year = /^2/.test(one) ? one.slice(2) : two;
  if (month === undefined) return () => false;
  const stem = `${month[0]?.toUpperCase()}${month.slice(1)}${year}`;
  const suffixes = kind === '' ? ['SU', 'HU'] : kind.startsWith('h') ? ['HU'] : ['SU'];
  return (row) => suffixes.some((suffix) => row.update === `${stem}${suffix}${version}`);
}

function one(row: ExchangeBuildRow) {
  const key = buildKey(row.build);
  return {
    generation: row.generation,
    level: row.level,
    update: row.update ?? '',
    name: nameOf(row.generation, row.level, row.update ?? ''),
    build: row.build,
    line: row.line,
    low: key,
    high: key,
    exact: true,
    row,
    note: row.doubtful === true ? (row.note ?? 'the sources differ on this build') : null,
  };
}

function levelOnly(generation: string, rows: readonly ExchangeBuildRow[]) {
  const first = rows[0] as ExchangeBuildRow;
  const last = rows.at(-1) as ExchangeBuildRow;
  return {
    generation,
    level: first.level,
    update: null,
    name: nameOf(generation, first.level, null),
    build: first.line,
    line: first.line,
    low: buildKey(first.build),
    high: [...buildKey(last.line), Number.POSITIVE_INFINITY],
    exact: false,
    row: null,
    note: null,
  };
}

function whole(generation: string, rows: readonly ExchangeBuildRow[]) {
  const first = rows[0];
  const last = rows.at(-1);
  return {
    generation,
    level: null,
    update: null,
    name: nameOf(generation, null, null),
    build: '',
    line: null,
    low: buildKey(first?.build ?? '0'),
    high: buildKey(last?.build ?? '0'),
    exact: false,
    row: null,
    note: 'Only the generation is known, so nothing is proven: a build (X-OWA-Version, "id 15.x" in Received) would tell.',
  };
}

function unknown(what: string, names: readonly string[]): ExchangeReading {
  const near = [...new Set(names)].slice(-NEAR_MAX);
  return { ok: false, message: `${what}; known are ${near.join(', ')}; ${EXCHANGE_FORMS}`, near };
}
