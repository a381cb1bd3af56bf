import type { BounceReason } from '../finding/ndr-report.ts';
import type { BounceClause, BounceWords } from '../knowledge/load-words.ts';
import { type ClauseSet, compileClauses } from './clause.ts';

/** The SMTP command that was answered when the message failed. */
export type Stage = 'connect' | 'starttls' | 'helo' | 'auth' | 'mail' | 'rcpt' | 'data';

/** What is known of a failure beside its words. */
export interface FailureFacts {
  readonly status: string | null;
  readonly reply: string | null;
  readonly stage: Stage | null;
  readonly action: string | null;
  /** Name of the form that was read, for what a product means by its words. */
  readonly form: string | null;
  /** The recipient is in the domain of the server that reports. */
  readonly local: boolean;
}

/** A reason with what speaks for it. `words` is the part of `score` that the text itself gave. */
export interface Judgement {
  readonly reason: BounceReason;
  readonly score: number;
  readonly words: number;
  readonly because: readonly BounceClause[];
}

/** Reads reasons and stages out of texts by the clauses of the data file. */
export interface ReasonReader {
  judge(text: string, facts: FailureFacts): Judgement | undefined;
  stageOf(text: string): Stage | null;
}

/** Compiles the clauses once; the reader keeps no state between texts. */
export function reasonReader(words: BounceWords): ReasonReader {
  const clauses = compileClauses(words.clauses, words.classes);
  const stages: ClauseSet<BounceWords['stages'][number]> = compileClauses(words.stages, words.classes);
  return {
    judge(text, facts) {
      return heaviest(clauses.match(text, factSet(facts)));
    },
    stageOf(text) {
      return stages.match(text, new Set())[0]?.stage ?? transcriptStage(text);
    },
  };
}

function heaviest(found: readonly BounceClause[]): Judgement | undefined {
  const scores = new Map<string, { score: number; words: number }>();
  for (const clause of found) {
    const sum = scores.get(clause.reason) ?? { score: 0, words: 0 };
    sum.score += clause.weight;
    if (clause.clause !== undefined) sum.words += clause.weight;
    scores.set(clause.reason, sum);
  }
  let best: Judgement | undefined;
  for (const [reason, { score, words }] of scores) {
    if (best === undefined || score > best.score) best = { reason: reason as BounceReason, score, words, because: [] };
  }
  return best === undefined ? undefined : { ...best, because: found.filter((clause) => clause.reason === best.reason) };
}

function factSet(facts: FailureFacts): ReadonlySet<string> {
  const set = new Set<string>();
  if (facts.status !== null) {
    const [, subject, detail] = facts.status.split('.');
    set.add('status');
    set.add(`status:${facts.status}`);
    set.add(`status:x.${subject}.${detail}`);
    set.add(`status:x.${subject}.x`);
    set.add(`status:${facts.status.charAt(0)}.${subject}.x`);
  }
  if (facts.reply !== null) {
    set.add('reply');
    set.add(`reply:${facts.reply}`);
    set.add(`reply:${facts.reply.charAt(0)}xx`);
  }
  if (facts.stage !== null) {
    set.add('command');
    set.add(`command:${facts.stage}`);
  }
  if (facts.action !== null) set.add(`action:${facts.action}`);
  if (facts.form !== null) set.add(`form:${facts.form}`);
  if (facts.local) set.add('recipient:local');
  return set;
}

const COMMANDS: readonly (readonly [string, Stage])[] = [
  ['RCPT', 'rcpt'],
  ['MAIL', 'mail'],
  ['DATA', 'data'],
  ['BDAT', 'data'],
  ['.', 'data'],
  ['EHLO', 'helo'],
  ['HELO', 'helo'],
  ['AUTH', 'auth'],
  ['STARTTLS', 'starttls'],
];

/** The last command of a Sendmail transcript (`>>> RCPT To:<a@b.example>`). */
function transcriptStage(text: string): Stage | null {
  const at = text.lastIndexOf('>>> ');
  if (at === -1) return null;
  const word = text.slice(at + 4, at + 12).toUpperCase();
  return COMMANDS.find(([command]) => word.startsWith(command))?.[1] ?? null;
}
