import type { Evidence } from './evidence.ts';
import type { Rule } from './rule.ts';

/** A rule that holds for a subject (a domain, a host, an endpoint, a message). No evidence, no finding. */
export interface Finding {
  readonly rule: Rule;
  readonly subject: string;
  readonly evidence: readonly [Evidence, ...Evidence[]];
}
