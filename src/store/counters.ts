/** A leaky bucket as it stands after a drop was added. */
export interface BucketLevel {
  /** Drops in the bucket, the new ones included. */
  readonly level: number;
  /** True if it holds more than its capacity; the drops that overflow are not kept. */
  readonly full: boolean;
}

export interface Bucket {
  readonly capacity: number;
  readonly perSecond: number;
}

/**
 * Counts that decay. They answer at once: an engine that several processes share keeps a front in memory and exchanges what changed
 * behind it, so that a limit may be passed by what others let in within a second, and nobody waits for a lock.
 */
export interface Counters {
  /** Adds `drops` to the bucket `key`, which leaks `perSecond` and holds `capacity`. `now` is milliseconds since the epoch. */
  pour(key: string, drops: number, bucket: Bucket, now: number): BucketLevel;
  /** The level of a bucket as it stands. */
  level(key: string, bucket: Bucket, now: number): number;
  /** Adds to a count of which half is forgotten in `halfLife` milliseconds, and returns it; 0 only looks. */
  tally(key: string, add: number, halfLife: number, now: number): number;
  /** Keeps a small value until `until` (milliseconds since the epoch). */
  set(key: string, value: string, until: number): void;
  get(key: string, now: number): string | undefined;
  /**
   * Exchanges what changed with the others and makes it last; to be called about once a second. Returns what went wrong, as with a full disk:
   * then this process counts for itself and tries again the next time.
   */
  exchange(now: number): Error | null;
  close(): void;
}
