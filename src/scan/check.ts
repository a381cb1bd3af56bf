import type { Finding } from '../finding/finding.ts';
import type { Rule } from '../finding/rule.ts';
import type { Dossier } from './dossier.ts';

/** A check judges what was seen. It is pure, so a stored scan can be judged again when knowledge grows. */
export interface Check {
  readonly rules: readonly [Rule, ...Rule[]];
  /** What no probe could see is absent from the dossier: a check says nothing about it. */
  judge(seen: Dossier): Iterable<Finding>;
}
