import { readFileSync } from 'node:fs';

/** Words (or facts) that speak for a reason why mail was not delivered: one row of `words/bounce-clauses.json`. */
export interface BounceClause {
  readonly reason: string;
  /** How much it speaks for the reason; the sums of two reasons are compared. 0 takes back what general words of the text say for it. */
  readonly weight: number;
  /** Words in the language of `ndr/clause.ts`. */
  readonly clause?: string;
  /** Facts that must hold beside the words, or alone: `status:x.2.2` (any class), `reply:552`, `command:data`, `!reply`. */
  readonly given?: readonly string[];
  readonly source: string;
  /** A text (or, without a clause, a code) that must match. */
  readonly example: string;
}

/** Words that tell which SMTP command was answered. */
export interface StageClause {
  readonly stage: 'connect' | 'starttls' | 'helo' | 'auth' | 'mail' | 'rcpt' | 'data';
  readonly clause: string;
  readonly source: string;
  readonly example: string;
}

/** A reason that under some facts means another. */
export interface ReasonTurn {
  readonly from: string;
  readonly to: string;
  readonly given: readonly string[];
  readonly source: string;
}

/** Words or facts that tell what kind of message this is. `given` names where the words stand: `in:subject`, `in:text`, `in:header`. */
export interface KindClause {
  /** One of the kinds of `finding/ndr-report.ts`. */
  readonly kind: string;
  /** May be negative: it then speaks against the kind. */
  readonly weight: number;
  readonly clause?: string;
  readonly given: readonly string[];
  readonly example: string;
}

export interface BounceWords {
  /** Phrases that mean the same, by the name clauses use for them. */
  readonly classes: Readonly<Record<string, readonly string[]>>;
  readonly stages: readonly StageClause[];
  readonly kinds: readonly KindClause[];
  readonly clauses: readonly BounceClause[];
  readonly turns: readonly ReasonTurn[];
}

/** Reads the words of bounces. */
export function loadBounceWords(): BounceWords {
  return JSON.parse(readFileSync(new URL('./words/bounce-clauses.json', import.meta.url), 'utf8')) as BounceWords;
}

/** A header field that only some product writes: one row of `words/telltale-fields.json`. A `*` stands for any text. */
export interface TelltaleField {
  readonly field: string;
  /** One of the disclosure kinds of `finding/ndr-report.ts`. */
  readonly kind: string;
  readonly product: string;
  readonly severity: string;
}

/** Reads the fields that give products and filters away. */
export function loadTelltaleFields(): readonly TelltaleField[] {
  const text = readFileSync(new URL('./words/telltale-fields.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly fields: readonly TelltaleField[] }).fields;
}
