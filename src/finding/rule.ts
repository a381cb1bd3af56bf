/** How much a fault matters. Ordered by `SEVERITIES`, least first. */
export type Severity = (typeof SEVERITIES)[number];
export const SEVERITIES = ['info', 'low', 'medium', 'high', 'critical'] as const;

/** What to change, on one platform; `*` is any. `config` is ready to paste. */
export interface Remedy {
  readonly platform: string;
  readonly text: string;
  readonly config?: string;
}

/** One sentence mailward can say about a mail server, written once, beside the code that says it. */
export interface Rule {
  /** `area/fault`. Unique, and kept for ever: reports and exemptions name it. */
  readonly id: `${string}/${string}`;
  readonly severity: Severity;
  /** The fault. */
  readonly title: string;
  /** What an attacker gains. */
  readonly why: string;
  readonly remedy: readonly [Remedy, ...Remedy[]];
  /** RFC sections, CVEs, vendor pages. */
  readonly references: readonly [string, ...string[]];
  /** The row of the threat matrix (`knowledge/threats`) this rule belongs to. */
  readonly threat: string;
}

/** True if `severity` is at or above `threshold`. */
export function atLeast(severity: Severity, threshold: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(threshold);
}
