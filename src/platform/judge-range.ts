import type { AffectedRange, VulnerabilityRow } from '../knowledge/load-vulnerabilities.ts';
import { compareKeys, readVersion, type VersionKey } from './version.ts';

/** What a version says about one row. Null: the row says nothing about this version. */
export interface Judgement {
  readonly status: 'affected' | 'possible' | 'not-affected';
  readonly because: string;
  readonly fixedIn: string | null;
}

/** The versions that a server may have: one, or all from `low` up to `high`. */
export interface VersionSpan {
  readonly text: string;
  readonly low: VersionKey | null;
  readonly high: VersionKey | null;
  /** True if `high` itself is out. */
  readonly open: boolean;
  /** True if it is one version. */
  readonly exact: boolean;
}

/** Products whose patches do not show in the version they tell; the number of parts that a full version has. */
const HIDDEN_PATCH: Readonly<Record<string, number>> = { zimbra: 4, groupwise: 4, smartermail: 3 };

/** One version; null if it cannot be read. Where a product hides its patches, it stands for every patch. */
export function spanOf(product: string, version: string): VersionSpan | null {
  const key = readVersion(product, version);
  if (key === null) return null;
  const parts = HIDDEN_PATCH[product];
  // Zimbra counts plainly again from 10 on.
  const hidden = parts !== undefined && key.length < parts && !(product === 'zimbra' && (key[0] ?? 0) >= 10);
  const high = hidden ? [...padded(key, parts - 1), Number.POSITIVE_INFINITY] : key;
  return { text: version, low: key, high, open: false, exact: !hidden };
}

/** A key of at least so many numbers. */
function padded(key: VersionKey, parts: number): VersionKey {
  return [...key, ...new Array<number>(Math.max(0, parts - key.length)).fill(0)];
}

/** Bounds as identification tells them: `>=3.7 <3.9`, `<=4.90`, `=1.2`; null if there is none that can be read. */
export function spanOfRange(product: string, range: string): VersionSpan | null {
  let low: VersionKey | null = null;
  let high: VersionKey | null = null;
  let open = false;
  for (const word of range
    .replace(/([<>]=?|=)\s+/g, '$1')
    .split(/\s+/)
    .slice(0, 8)) {
    const [, sign, text = ''] = /^([<>]=?|=)(.*)$/.exec(word) ?? [];
    const key = sign === undefined ? null : readVersion(product, text);
    if (key === null) continue;
    if ((sign === '>=' || sign === '>' || sign === '=') && (low === null || compareKeys(key, low) > 0)) low = key;
    if ((sign === '<' || sign === '<=' || sign === '=') && (high === null || compareKeys(key, high) < 0)) {
      high = key;
      open = sign === '<';
    }
  }
  return low === null && high === null ? null : { text: range, low, high, open, exact: false };
}

type Overlap = 'all' | 'some' | 'none';

/** How much of the span lies in a range. */
function overlap(product: string, range: AffectedRange, span: VersionSpan): Overlap {
  const from = bound(product, range.from);
  const after = bound(product, range.after);
  const fixed = bound(product, range.fixed);
  const last = bound(product, range.last);
  const { low, high, open } = span;
  if (high !== null) {
    if (from !== null && (open ? compareKeys(high, from) <= 0 : compareKeys(high, from) < 0)) return 'none';
    if (after !== null && compareKeys(high, after) <= 0) return 'none';
  }
  if (low !== null) {
    if (fixed !== null && compareKeys(low, fixed) >= 0) return 'none';
    if (last !== null && compareKeys(withoutPatch(product, low, last), last) > 0) return 'none';
  }
  const begins =
    (from === null || (low !== null && compareKeys(low, from) >= 0)) &&
    (after === null || (low !== null && compareKeys(low, after) > 0));
  const ends =
    (fixed === null && last === null) ||
    (high !== null &&
      (fixed === null || compareKeys(high, fixed) < 0 || (open && compareKeys(high, fixed) === 0)) &&
      (last === null || compareKeys(high, last) <= 0));
  return begins && ends ? 'all' : 'some';
}

/**
 * A version as far as the last one with the hole is told: where patches do not show, a last version without a patch
 * leaves open which of its patches mends it.
 */
function withoutPatch(product: string, key: VersionKey, last: VersionKey): VersionKey {
  const parts = HIDDEN_PATCH[product];
  return parts !== undefined && last.length < parts ? key.slice(0, parts - 1) : key;
}

/** Versions of rows as they were read: their number is that of the knowledge, so the table stays small. */
const read = new Map<string, VersionKey | null>();

/** Reads a version that stands in a row. */
function bound(product: string, text: string | undefined): VersionKey | null {
  if (text === undefined) return null;
  const name = `${product} ${text}`;
  let key = read.get(name);
  if (key === undefined) {
    key = readVersion(product, text);
    read.set(name, key);
  }
  return key;
}

/** Judges one row by the ranges and lists of versions it names. */
export function judgeRange(product: string, row: VulnerabilityRow, span: VersionSpan): Judgement | null {
  let possible: Judgement | null = null;
  for (const range of row.ranges ?? []) {
    const found = overlap(product, range, span);
    if (found === 'none') continue;
    const fixedIn = range.fixed ?? fixAbove(product, row, range);
    const doubt = range.doubt ?? row.doubt;
    if (range.unknown === true) {
      possible ??= { status: 'possible', because: 'No source names the version that mends it.', fixedIn };
    } else if (doubt !== undefined) possible ??= { status: 'possible', because: doubt, fixedIn };
    else if (found === 'all') {
      const because = span.text === range.last ? `${span.text} is the last version known to have it.` : null;
      return { status: 'affected', because: because ?? `${span.text} is ${within(range)}.`, fixedIn };
    } else {
      const because = `${span.text} may be ${within(range)}: its patch level or version is not known.`;
      possible ??= { status: 'possible', because, fixedIn };
    }
  }
  return possible ?? judgeList(product, row, span) ?? mendedBy(product, row, span);
}

/** The fix of a range whose own upper bound is not a fix: the lowest named one above it. */
function fixAbove(product: string, row: VulnerabilityRow, range: AffectedRange): string | null {
  const floor = bound(product, range.last ?? range.from);
  const fixes = (row.ranges ?? []).flatMap((other) => (other.fixed === undefined ? [] : [other.fixed]));
  const above = fixes.filter((fix) => floor === null || compareKeys(bound(product, fix) ?? [], floor) > 0);
  return above.sort((a, b) => compareKeys(bound(product, a) ?? [], bound(product, b) ?? []))[0] ?? null;
}

/** NVD's lists of versions have gaps: between two listed versions nothing is certain. */
function judgeList(product: string, row: VulnerabilityRow, span: VersionSpan): Judgement | null {
  const { low, high } = span;
  if (row.versions === undefined || low === null || high === null) return null;
  const listed = row.versions.flatMap((version) => {
    const key = bound(product, version);
    return key === null ? [] : [key];
  });
  if (listed.some((key) => span.exact && compareKeys(key, low) === 0)) {
    return row.doubt === undefined
      ? { status: 'affected', because: `NVD lists ${span.text}.`, fixedIn: null }
      : { status: 'possible', because: row.doubt, fixedIn: null };
  }
  if (row.doubt !== undefined) return null;
  const above = listed.some((key) => compareKeys(key, low) >= 0);
  const below = listed.some((key) => compareKeys(key, high) <= 0);
  if (!above || !below) return null;
  return { status: 'possible', because: `NVD lists versions on both sides of ${span.text}.`, fixedIn: null };
}

/** Not affected because a fix, or the last version with the hole, lies below. */
function mendedBy(product: string, row: VulnerabilityRow, span: VersionSpan): Judgement | null {
  const { low } = span;
  // Where one branch has no known fix, what the others say does not carry over to later versions.
  if (low === null || row.ranges?.some((range) => range.unknown === true)) return null;
  const below = (row.ranges ?? []).filter((range) => {
    const from = bound(product, range.from ?? range.after);
    const end = bound(product, range.fixed ?? range.last);
    return end !== null && (from === null || compareKeys(from, low) <= 0) && compareKeys(end, low) <= 0;
  });
  const nearest = below.sort((a, b) =>
    compareKeys(bound(product, b.fixed ?? b.last) ?? [], bound(product, a.fixed ?? a.last) ?? []),
  )[0];
  if (nearest === undefined) return null;
  if (nearest.fixed === undefined) {
    return { status: 'not-affected', because: `The last version with it is ${nearest.last}.`, fixedIn: null };
  }
  return { status: 'not-affected', because: `Mended in ${nearest.fixed}.`, fixedIn: nearest.fixed };
}

/** Says of a version in a range why it has the hole. */
function within({ from, after, fixed, last }: AffectedRange): string {
  const begin = from ?? after;
  if (fixed !== undefined) {
    return begin === undefined
      ? `older than ${fixed}, which mends it`
      : `of those ${from === undefined ? 'after' : 'from'} ${begin} on that ${fixed} mends`;
  }
  if (last === undefined) return begin === undefined ? 'of those named' : `of those from ${begin} on`;
  if (from === last) return `${last}, which has it`;
  return `not later than ${last}, the last version known to have it`;
}
