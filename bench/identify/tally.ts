import type { Outcome } from './labels.ts';

export type Tally = Record<Outcome, number>;

export function newTally(): Tally {
  return { right: 0, wrong: 0, unknown: 0 };
}

export function count(tally: Tally, outcome: Outcome): void {
  tally[outcome]++;
}

/** `226/232 right (97.4 %), 5 wrong (2.2 %), 1 unknown`. */
export function show(tally: Tally): string {
  const all = tally.right + tally.wrong + tally.unknown;
  const share = (part: number) => `${((100 * part) / Math.max(1, all)).toFixed(1)} %`;
  return `${tally.right}/${all} right (${share(tally.right)}), ${tally.wrong} wrong (${share(tally.wrong)}), ${tally.unknown} unknown`;
}
