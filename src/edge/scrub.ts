import type { EdgeTools } from './filter.ts';
import type { EdgeRule, Hit } from './rule.ts';
import type { Stages } from './stage.ts';

/** A scrub changes a message that is let in, and says what it changed. What it does not name goes on as the same bytes. */
export interface Scrub {
  readonly name: string;
  readonly rules: readonly [EdgeRule, ...EdgeRule[]];
  /** Called once a process; what it returns, once a message. */
  prepare(tools: EdgeTools): (seen: Stages['message']) => readonly Hit[];
}
