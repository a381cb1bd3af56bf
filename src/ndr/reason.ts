import type { BounceReason } from '../finding/ndr-report.ts';
import type { BounceClause, BounceWords, ReasonTurn } from '../knowledge/load-words.ts';
import { type ClauseSet, type ClausesUnderFacts, compileClauses, holds } from './clause.ts';
import { newVocabulary, recently, type Vocabulary } from './vocabulary.ts';

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
  /** Type of the Diagnostic-Code field (RFC 3464 §2.3.6): `smtp`, `x-unix` …; empty if there is none. */
  readonly diagnosticType: string;
}

/** A reason with the weight of what speaks for it. `words` is the part of `score` that the text itself gave. */
export interface Judgement {
  readonly reason: BounceReason;
  readonly score: number;
  readonly words: number;
}

/** Reads reasons and stages out of texts by the clauses of the data file. */
export interface ReasonReader {
  judge(text: string, facts: FailureFacts): Judgement | undefined;
  stageOf(text: string): Stage | null;
}

/** Compiles the clauses once; the reader keeps no state between texts. */
export function reasonReader(words: BounceWords, vocabulary: Vocabulary = newVocabulary()): ReasonReader {
  const clauses = compileClauses(words.clauses.map(weighed), words.classes, vocabulary);
  const stages = compileClauses(words.stages, words.classes, vocabulary).under(new Set());
  const stageOf = recently(MAX_TEXTS, (text) => stages.match(text)[0]?.stage ?? transcriptStage(text));
  const ready = newReadyFacts(clauses, words.turns);
  return {
    judge(text, facts) {
      const known = ready(facts);
      const judged = heaviest(known.clauses.match(text));
      // Under some facts the words of one reason mean another.
      const turn =
        judged === undefined || judged.words === 0 || judged.words >= SURE
          ? undefined
          : known.turns.find((one) => one.from === judged.reason);
      return judged === undefined || turn === undefined ? judged : { ...judged, reason: turn.to as BounceReason };
    },
    stageOf: stageOf.read,
  };
}

/** A clause as it is weighed; all have one shape, which the engine reads faster. Without words `clause` is empty. */
interface Weighed {
  readonly clause: string;
  readonly given: readonly string[];
  readonly reason: string;
  readonly weight: number;
}

function weighed({ clause = '', given = [], reason, weight }: BounceClause): Weighed {
  return { clause, given, reason, weight };
}

/** Facts with the clauses and turns that they leave. */
interface ReadyFacts {
  readonly clauses: ClausesUnderFacts<Weighed>;
  readonly turns: readonly ReasonTurn[];
}

/** Failures repeat from message to message, strangers make no great number of kinds up: statuses have few digits. */
const MAX_READY = 1000;

/** Makes facts ready once for all messages that have the same. */
function newReadyFacts(clauses: ClauseSet<Weighed>, turns: readonly ReasonTurn[]) {
  const kept = new Map<string, ReadyFacts>();
  let last: { readonly facts: FailureFacts; readonly ready: ReadyFacts } | undefined;
  return (facts: FailureFacts): ReadyFacts => {
    if (last?.facts === facts) return last.ready;
    const key = `${facts.status} ${facts.reply} ${facts.stage} ${facts.action} ${facts.form} ${facts.local} ${facts.diagnosticType}`;
    let ready = kept.get(key);
    if (ready === undefined) {
      const set = factSet(facts);
      ready = { clauses: clauses.under(set), turns: turns.filter(({ given }) => holds(given, set)) };
      if (kept.size >= MAX_READY) kept.clear();
      kept.set(key, ready);
    }
    last = { facts, ready };
    return ready;
  };
}

/** Each recipient of a report asks for the stage of the same text. */
const MAX_TEXTS = 4;

/** What further words for the same reason add to the heaviest: they often say the same thing again. */
const ECHO = 0.2;
/** Words of this weight mean what they say under all facts. */
const SURE = 13;

/** Words lighter than this are taken back by a clause of no weight: "checked for viruses" is no virus, "virus detected" is one. */
const FIRM = 12;

/** What speaks for one reason. */
interface Sum {
  readonly reason: string;
  takenBack: boolean;
  words: number;
  echo: number;
  prior: number;
}

function heaviest(found: readonly Weighed[]): Judgement | undefined {
  if (found.length === 0) return undefined;
  const sums: Sum[] = [];
  for (const { reason, weight, clause } of found) {
    let sum = sums.find((one) => one.reason === reason);
    if (sum === undefined) {
      sum = { reason, takenBack: false, words: 0, echo: 0, prior: 0 };
      sums.push(sum);
    }
    if (weight === 0) sum.takenBack = true;
    else if (clause === '') sum.prior += weight;
    else if (weight > sum.words) {
      sum.echo += sum.words * ECHO;
      sum.words = weight;
    } else sum.echo += weight * ECHO;
  }
  let best: Sum | undefined;
  for (const sum of sums) {
    if (sum.takenBack && sum.words < FIRM) continue;
    if (best === undefined || scoreOf(sum) > scoreOf(best)) best = sum;
  }
  if (best === undefined) return undefined;
  return { reason: best.reason as BounceReason, score: scoreOf(best), words: best.words };
}

function scoreOf({ words, echo, prior }: Sum): number {
  return words + echo + prior;
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
  if (facts.diagnosticType !== '') set.add(`diagnostic:${facts.diagnosticType}`);
  if (facts.local) set.add('recipient:local');
  return set;
}

const MAX_TRANSCRIPT = 20_000;
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

/** Yahoo puts the command behind its answer: `550 5.2.2 Mailbox Full [RCPT_TO]`. */
const MARKED = /\[(RCPT_TO|MAIL_FROM)\]/;

/** The last command of a transcript, as Sendmail (`>>> RCPT To:<a@b.example>`) or MDaemon (`--> RCPT To:…`) has it. */
function transcriptStage(text: string): Stage | null {
  const at = text.includes('>') ? Math.max(lastOf(text, '>>> '), lastOf(text, '--> ')) : -1;
  const marked = at === -1 && text.includes('[') ? MARKED.exec(text) : null;
  if (marked !== null) return marked[1] === 'RCPT_TO' ? 'rcpt' : 'mail';
  // A reply that nothing was said before is the greeting.
  if (at === -1) return text.includes('<<< ') && /^\s*<<< [45]/m.test(text.slice(0, MAX_TRANSCRIPT)) ? 'connect' : null;
  const word = text.slice(at + 4, at + 12).toUpperCase();
  return COMMANDS.find(([command]) => word.startsWith(command))?.[1] ?? null;
}

/** As `lastIndexOf`, which costs much even where there is nothing. */
function lastOf(text: string, mark: string): number {
  return text.includes(mark) ? text.lastIndexOf(mark) : -1;
}
