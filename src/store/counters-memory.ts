import type { Bucket, BucketLevel, Counters } from './counters.ts';

/** A bucket between two drops. */
export interface HeldBucket {
  level: number;
  /** Milliseconds since the epoch. */
  at: number;
}

interface Value {
  readonly text: string;
  readonly until: number;
}

/** Keys kept; past that the oldest are forgotten, so that strangers cannot fill the memory with names of their own. */
export const KEYS_MAX = 200_000;

/** Counters of one process that are gone when it ends. */
export function memoryCounters(keysMax: number = KEYS_MAX): Counters {
  const buckets = new Map<string, HeldBucket>();
  const tallies = new Map<string, HeldBucket>();
  const values = new Map<string, Value>();
  return {
    pour(key, drops, bucket, now) {
      let held = buckets.get(key);
      if (held === undefined) {
        makeRoom(buckets, keysMax);
        held = { level: 0, at: now };
        buckets.set(key, held);
      }
      return pourInto(held, drops, bucket, now);
    },
    level(key, bucket, now) {
      const held = buckets.get(key);
      return held === undefined ? 0 : leaked(held, bucket.perSecond, now);
    },
    tally(key, add, halfLife, now) {
      const held = tallies.get(key);
      if (add === 0) return held === undefined ? 0 : halved(held, halfLife, now);
      if (held !== undefined) return addTo(held, add, halfLife, now);
      makeRoom(tallies, keysMax);
      tallies.set(key, { level: add, at: now });
      return add;
    },
    set(key, text, until) {
      values.delete(key);
      makeRoom(values, keysMax);
      values.set(key, { text, until });
    },
    get(key, now) {
      const value = values.get(key);
      if (value === undefined) return undefined;
      if (value.until > now) return value.text;
      values.delete(key);
      return undefined;
    },
    exchange: () => null,
    close: () => undefined,
  };
}

/** Lets leak what has leaked since, and adds drops if there is room for all of them. */
export function pourInto(held: HeldBucket, drops: number, { capacity, perSecond }: Bucket, now: number): BucketLevel {
  const before = leaked(held, perSecond, now);
  const level = before + drops;
  const full = level > capacity;
  held.at = Math.max(held.at, now);
  held.level = full ? before : level;
  return { level, full };
}

/** What is left in a bucket now. */
export function leaked(held: HeldBucket, perSecond: number, now: number): number {
  return Math.max(0, held.level - Math.max(0, now - held.at) * (perSecond / 1_000));
}

/** What is left of a count of which half is forgotten in `halfLife`. */
export function halved(held: Readonly<HeldBucket>, halfLife: number, now: number): number {
  return held.level * 2 ** (-Math.max(0, now - held.at) / halfLife);
}

/** Adds to such a count. */
export function addTo(held: HeldBucket, add: number, halfLife: number, now: number): number {
  held.level = halved(held, halfLife, now) + add;
  held.at = Math.max(held.at, now);
  return held.level;
}

/** Forgets the oldest tenth of a map that is full: at once, so that a flood of new keys does not pay for it each time. */
export function makeRoom(map: Map<string, unknown>, most: number): void {
  if (map.size < most) return;
  let left = Math.ceil(most / 10);
  for (const key of map.keys()) {
    map.delete(key);
    if (--left <= 0) return;
  }
}
