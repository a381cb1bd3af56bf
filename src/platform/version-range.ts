/** Bounds on a version: `>=3.7 <4`. A missing bound is open. */
export interface VersionRange {
  readonly from: string | null;
  /** First version that is out. */
  readonly before: string | null;
}

/** Orders dotted versions by their numbers, part by part; missing parts count as 0, letters are ignored. */
export function compareDotted(a: string, b: string): number {
  const left = numbers(a);
  const right = numbers(b);
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function numbers(version: string): number[] {
  return version
    .split(/\D+/)
    .filter((part) => part !== '')
    .map(Number);
}

/** Reads `>=A`, `<B` or both, as fingerprints write them. */
export function readRange(text: string): VersionRange {
  let from: string | null = null;
  let before: string | null = null;
  for (const word of text.split(' ')) {
    if (word.startsWith('>=')) from = word.slice(2);
    else if (word.startsWith('<')) before = word.slice(1);
  }
  return { from, before };
}

/** The versions in both ranges; null if there are none. */
export function intersect(a: VersionRange, b: VersionRange): VersionRange | null {
  const from = pick(a.from, b.from, (order) => order >= 0);
  const before = pick(a.before, b.before, (order) => order <= 0);
  if (from !== null && before !== null && compareDotted(from, before) >= 0) return null;
  return { from, before };
}

function pick(a: string | null, b: string | null, first: (order: number) => boolean): string | null {
  if (a === null || b === null) return a ?? b;
  return first(compareDotted(a, b)) ? a : b;
}

/** True if the version lies within the range. */
export function within(version: string, range: VersionRange): boolean {
  if (range.from !== null && compareDotted(version, range.from) < 0) return false;
  return range.before === null || compareDotted(version, range.before) < 0;
}

/** `>=3.7 <4`; null if no bound is known. */
export function writeRange(range: VersionRange): string | null {
  const bounds = [range.from === null ? [] : `>=${range.from}`, range.before === null ? [] : `<${range.before}`];
  const text = bounds.flat().join(' ');
  return text === '' ? null : text;
}
