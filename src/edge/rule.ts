import type { Rule } from '../finding/rule.ts';
import type { EdgeReply } from './reply.ts';

/** What may become of what a rule recognised, mildest first. */
export const ACTIONS = ['note', 'score', 'tag', 'quarantine', 'defer', 'refuse', 'hang-up'] as const;
export type Action = (typeof ACTIONS)[number];

/** A rule of the edge also holds the only words a stranger will read, so that disclosure is reviewed in one place. */
export interface EdgeRule extends Rule {
  /** The default; policy decides. */
  readonly action: Action;
  /** Points, where the action is `score` (or policy makes it so). */
  readonly score?: number;
  readonly reply: EdgeReply;
  /** Policy cannot soften it: there is nothing else that could be done, or what is behind would be open to a second reading. */
  readonly fixed?: true;
}

/** A rule that holds here and now. `because` goes to the log and the report, never to the stranger. */
export interface Hit {
  readonly rule: EdgeRule;
  readonly because: string;
  /** Replaces the rule's own score, where the hit has degrees. */
  readonly score?: number;
}
