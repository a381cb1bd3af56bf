import type { DrillCost, DrillForm, DrillStage, Outcome } from '../finding/drill-report.ts';
import type { Remedy, Severity } from '../finding/rule.ts';
import type { Clock } from '../net/clock.ts';
import type { Failure } from '../net/dialler.ts';
import type { SmtpConnection } from '../net/smtp-connection.ts';
import type { Line } from '../wire/smtp/line.ts';
import type { Facts } from './facts.ts';
import type { Mailbox } from './mailbox.ts';
import type { Pulse } from './pulse.ts';

/** A harmless copy of something attackers do to mail servers, with the control that should meet it. One file each, in `attacks/`. */
export interface Attack {
  /** The file's name. */
  readonly name: string;
  /** What the attacker does, in a line. */
  readonly title: string;
  /** The row of the threat matrix. */
  readonly threat: string;
  /** The control that should meet it, as `part/name` of that row. */
  readonly control: string;
  readonly severity: Severity;
  /** What the attacker has if it passes. */
  readonly gain: string;
  readonly remedy: readonly [Remedy, ...Remedy[]];
  readonly references: readonly [string, ...string[]];
  /** With the usual hold. */
  readonly cost: DrillCost;
  /** It holds connections for as long as the drill was told to. */
  readonly holds?: true;
  /** Plays the attack and its control pair. Never throws for what a server does. */
  play(field: Field): Promise<Verdict>;
}

/** What an attack came to. */
export interface Verdict {
  readonly outcome: Outcome;
  readonly at: DrillStage | null;
  /** One sentence, which may quote the server (latin1). */
  readonly because: string;
  readonly forms?: readonly DrillForm[];
  /** The dialogues that prove it, the deciding one first. */
  readonly dialogues: readonly (readonly Line[])[];
}

/** What an attack works with: the server as it presented itself, and the ways to reach it. */
export interface Field {
  readonly facts: Facts;
  /** Where the recipient's mail arrives, if the drill was told. */
  readonly mailbox: Mailbox | null;
  readonly clock: Clock;
  /**
   * A new connection, when the pace allows one. The attack closes it. Where the drill has several addresses (on loopback), `member` of a crowd
   * has one of its own.
   */
  open(member?: number): Promise<SmtpConnection | Failure>;
  /** A connection to the server behind the gateway (`facts.origin`). */
  openOrigin(): Promise<SmtpConnection | Failure>;
  /** An honest visit meanwhile, from another address where there is one: is everybody else still served? */
  pulse(): Promise<Pulse>;
  /** Letters that nobody can guess, to know one's own message by. */
  token(): string;
}

/** True if a connection could not be had. */
export function isFailure(opened: SmtpConnection | Failure): opened is Failure {
  return 'ok' in opened && opened.ok === false;
}
