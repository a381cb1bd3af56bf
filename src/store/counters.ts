/** A leaky bucket as it stands after a drop was added. */
export interface BucketLevel {
  /** Drops in the bucket, the new ones included. */
  readonly level: number;
  /** True if it holds more than its capacity; the drops that overflow are not kept. */
  readonly full: boolean;
}

/**
 * Counts that decay, shared by all processes of an edge and kept over restarts. Embedded and cluster twins pass one suite.
 * Calls may answer at once: an embedded engine is not made to wait for the event loop.
 */
export interface Counters {
  /** Adds `drops` to the bucket `key`, which leaks `perSecond` and holds `capacity`. */
  pour(
    key: string,
    drops: number,
    bucket: { readonly capacity: number; readonly perSecond: number },
    now: number,
  ): BucketLevel | Promise<BucketLevel>;
  /** Keeps a small value until `until` (milliseconds since the epoch). */
  set(key: string, value: string, until: number): void | Promise<void>;
  get(key: string, now: number): string | undefined | Promise<string | undefined>;
  close(): Promise<void>;
}
