/** A parser of a stranger's bytes, given to the fuzzer. */
export interface FuzzTarget {
  readonly name: string;
  readonly seeds: readonly Uint8Array[];
  /** Letters and marks that steer the parser, for inputs built of nothing else. */
  readonly alphabet: string;
  /** It gets all the seconds that were asked for, and the others share what the budget leaves: a scan reads this of everybody. */
  readonly whole?: true;
  /** Never throws, and takes no longer than `SLOW_MS` for `SIZE_LIMIT` bytes. */
  run(bytes: Uint8Array): void;
}

export const SIZE_LIMIT = 4096;
export const SLOW_MS = 50;
