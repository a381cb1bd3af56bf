import type { Finding } from './finding.ts';
import type { Grade, Grading } from './grading.ts';
import type { Identity } from './identity.ts';
import type { Unreached } from './unreached.ts';
import type { Vulnerability } from './vulnerability.ts';

export type Depth = 'passive' | 'polite' | 'intrusive';
export type { Grade };

/** One port of one address, and who answered there. */
export interface ReportEndpoint {
  readonly address: string;
  readonly port: number;
  readonly state: 'open' | 'closed' | 'filtered' | 'unreached';
  readonly identity: Identity | null;
}

/** One mail server of the target, as its MX record names it. */
export interface ReportServer {
  readonly name: string;
  readonly preference: number | null;
  readonly addresses: readonly string[];
  readonly endpoints: readonly ReportEndpoint[];
}

/** A scan, judged: what every renderer in `report/` takes. `dossier` is what was seen, opaque here and kept for later judging. */
export interface Report {
  readonly target: string;
  readonly depth: Depth;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly grade: Grade;
  /** 0 to 100. */
  readonly score: number;
  /** What took how many points. Absent in reports of elsewhere, which only bring a grade. */
  readonly grading?: Grading;
  readonly servers: readonly ReportServer[];
  readonly findings: readonly Finding[];
  readonly vulnerabilities: readonly Vulnerability[];
  readonly unreached: readonly Unreached[];
  readonly dossier: object;
}
