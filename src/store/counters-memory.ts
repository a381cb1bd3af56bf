import type { BucketLevel, Counters } from './counters.ts';

interface Bucket {
  level: number;
  at: number;
  perSecond: number;
}

interface Value {
  readonly text: string;
  readonly until: number;
}

/** Keys kept; past that the oldest are forgotten, so that strangers cannot fill the memory with names of their own. */
const KEYS_MAX = 200_000;

/** Counters of one process that are gone when it ends. */
export function memoryCounters(keysMax: number = KEYS_MAX): Counters {
  const buckets = new Map<string, Bucket>();
  const values = new Map<string, Value>();
  return {
    pour(key, drops, { capacity, perSecond }, now) {
      const bucket = buckets.get(key);
      if (bucket === undefined) {
        makeRoom(buckets, keysMax);
        const level = Math.min(drops, capacity);
        buckets.set(key, { level, at: now, perSecond });
        return { level: drops, full: drops > capacity };
      }
      return pourInto(bucket, drops, capacity, perSecond, now);
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
    close: async () => undefined,
  };
}

/** Lets leak what has leaked since, and adds drops as far as there is room. */
export function pourInto(bucket: Bucket, drops: number, capacity: number, perSecond: number, now: number): BucketLevel {
  const leaked = bucket.level - Math.max(0, now - bucket.at) * (perSecond / 1_000);
  const before = leaked > 0 ? leaked : 0;
  const level = before + drops;
  bucket.at = now;
  bucket.perSecond = perSecond;
  bucket.level = level > capacity ? Math.max(before, capacity) : level;
  return { level, full: level > capacity };
}

function makeRoom(map: Map<string, unknown>, most: number): void {
  if (map.size < most) return;
  // A tenth at once, so that a flood of new keys does not pay for it each time.
  let left = Math.ceil(most / 10);
  for (const key of map.keys()) {
    map.delete(key);
    if (--left <= 0) return;
  }
}
