import type { DrillStage } from '../finding/drill-report.ts';
import type { Clock } from '../net/clock.ts';
import type { SmtpConnection } from '../net/smtp-connection.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { type Field, isFailure, type Verdict } from './attack.ts';
import { notRun } from './outcome.ts';
import { brokenWords, play } from './play.ts';
import { quoteReply } from './pulse.ts';
import { hello, script } from './script.ts';

/** A server that makes an attacker wait this long has slowed him down, however few tries it allowed. Milliseconds. */
const LONGEST_MS = 25_000;

/** How often something is tried, and when it counts as slowed down. */
export interface Guessing {
  readonly tries: number;
  /** Milliseconds that each try must take, on average, to count as contained. */
  readonly slow: number;
  readonly at: DrillStage;
  /** What one try is called: `40 names`. */
  readonly what: string;
  /** The command of a try. */
  say(number: number): string;
  /** True if the answer tells the attacker what he wants to know. */
  tells(reply: Reply): boolean;
  /** Ends the attack at once, as a success. */
  wins?(reply: Reply): boolean;
}

/**
 * Tries something again and again on one connection. Stopped if the server hangs up before the end or no answer tells anything, contained if
 * it slows the attacker down, passed if it answers all, at full speed.
 */
export async function guess(connection: SmtpConnection, guessing: Guessing, clock: Clock): Promise<Verdict> {
  const { tries, slow, at, what, tells } = guessing;
  const began = clock.monotonic();
  const verdict = (outcome: Verdict['outcome'], because: string): Verdict => ({
    outcome,
    at,
    because,
    dialogues: [[...connection.lines]],
  });
  let told = 0;
  let tried = 0;
  let words = '';
  for (let number = 1; number <= tries && clock.monotonic() - began < LONGEST_MS; number += 1) {
    const answer = await connection.command(guessing.say(number));
    if (!answer.ok) return verdict('stopped', `after ${number - 1} ${what} ${brokenWords(answer)}`);
    words = quoteReply(answer.reply);
    if (answer.reply.code === 421) return verdict('stopped', `after ${number - 1} ${what}: ${words}`);
    if (guessing.wins?.(answer.reply) === true) return verdict('passed', words);
    tried = number;
    if (tells(answer.reply)) told += 1;
  }
  const each = Math.round((clock.monotonic() - began) / tried);
  if (told === 0) return verdict('stopped', `${tried} ${what}, and no answer tells anything: ${words}`);
  if (each >= slow) return verdict('contained', `${tried} ${what} were answered, but each took ${each} ms`);
  return verdict('passed', `${tried} ${what} were answered in ${each} ms each: ${words}`);
}

/** Plays `guess` on a connection of its own, behind a control that must pass: a command that everybody knows is answered. */
export async function guessOnce(field: Field, guessing: Guessing): Promise<Verdict> {
  const opened = await field.open();
  if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
  try {
    const begun = await play(opened, script(hello(field.facts), 'C: NOOP', 'S: 2*'), field.facts);
    if (!begun.through) return notRun(`NOOP is not answered either (${begun.words})`, begun.lines);
    return await guess(opened, guessing, field.clock);
  } finally {
    opened.close();
  }
}
