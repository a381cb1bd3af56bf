/** A scan as it is kept: the dossier that was seen and the report that was made of it, both as plain JSON objects. */
export interface StoredScan {
  readonly id: number;
  readonly target: string;
  readonly depth: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly grade: string;
  readonly dossier: object;
  readonly report: object;
}

export type NewScan = Omit<StoredScan, 'id'>;

/** What a list of scans shows of each. */
export type ScanSummary = Omit<StoredScan, 'dossier' | 'report'>;

/**
 * What mailward remembers between runs. Every write is safe on disk when its promise resolves.
 * Embedded and cluster twins pass the one suite of `contract.ts`.
 */
export interface Records {
  /** Keeps a scan and returns its id. */
  addScan(scan: NewScan): Promise<number>;
  scan(id: number): Promise<StoredScan | undefined>;
  /** The newest scan of a target, or the newest before the scan `before`. */
  lastScan(target: string, before?: number): Promise<StoredScan | undefined>;
  /** Newest first. */
  listScans(filter: { readonly target?: string; readonly limit: number }): Promise<readonly ScanSummary[]>;
  /** The newest scan of every target, one at a time, so that memory does not grow with their number. */
  latestScans(): AsyncIterable<StoredScan>;
  /** Replaces the report of a scan that was judged anew; its dossier stays as it was seen. */
  setReport(id: number, report: object, grade: string): Promise<void>;
  close(): Promise<void>;
}
