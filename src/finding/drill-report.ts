import type { Evidence } from './evidence.ts';
import type { Remedy, Severity } from './rule.ts';

/**
 * How an attack ended, best first. `stopped`: the server refused it. `contained`: it was taken, and did nothing. `passed`: the attacker
 * has what he wanted. `harmed`: the server no longer served others. `not-run`: nothing was proven, and `because` says why.
 */
export const OUTCOMES = ['stopped', 'contained', 'passed', 'harmed', 'not-run'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Where in a session an attack ended, in the order in which a session comes to them. */
export const DRILL_STAGES = [
  'connect',
  'greeting',
  'hello',
  'tls',
  'auth',
  'command',
  'mail',
  'rcpt',
  'data',
  'message',
  'delivery',
] as const;
export type DrillStage = (typeof DRILL_STAGES)[number];

/** The most that an attack sends, so that it can be said beforehand. */
export interface DrillCost {
  readonly connections: number;
  readonly messages: number;
  readonly bytes: number;
  /** How long it may take on a server that answers at once. */
  readonly seconds: number;
}

/** One form of an attack that comes in several. */
export interface DrillForm {
  readonly form: string;
  readonly outcome: Outcome;
  readonly at: DrillStage | null;
  readonly because: string;
}

/** One attack, and how far it came. */
export interface DrillAttack {
  /** The attack's name, as `--only` takes it. */
  readonly attack: string;
  readonly title: string;
  /** The row of the threat matrix. */
  readonly threat: string;
  /** What should meet it: a part and a name of that row. */
  readonly control: string;
  /** What it is worth to the attacker if it passes. */
  readonly severity: Severity;
  readonly gain: string;
  readonly outcome: Outcome;
  readonly at: DrillStage | null;
  readonly because: string;
  readonly forms: readonly DrillForm[];
  readonly evidence: readonly Evidence[];
  readonly remedy: readonly Remedy[];
  readonly references: readonly string[];
  /** Milliseconds. */
  readonly took: number;
}

/** A drill: harmless attacks against one's own server, and what came of each. */
export interface DrillReport {
  readonly target: string;
  /** ISO 8601 UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** 0 to 100: what was met, of what was proven. */
  readonly score: number;
  /** Who allowed it and why, as given. */
  readonly authorised: string;
  /** Whom the letters of the drill went to; null if no recipient was found. */
  readonly recipient: string | null;
  /** Why the drill ended before its last attack; null if it did not. */
  readonly endedEarly: string | null;
  readonly attacks: readonly DrillAttack[];
}
