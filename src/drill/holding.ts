import type { DrillCost, DrillStage } from '../finding/drill-report.ts';
import type { Failure } from '../net/dialler.ts';
import type { SmtpConnection } from '../net/smtp-connection.ts';
import { type Attack, type Field, isFailure, type Verdict } from './attack.ts';
import { notRun } from './outcome.ts';
import { brokenWords } from './play.ts';
import { type Pulse, quoteReply } from './pulse.ts';

/** An attack that holds connections, so that nobody else gets one. */
export interface Holding extends Omit<Attack, 'play'> {
  /** Connections held at once. */
  readonly crowd: number;
  /** Of how many addresses, where the drill has several (on loopback). */
  readonly addresses: number;
  readonly at: DrillStage;
  /** Brings a connection to where it is held; a sentence if that was refused. */
  begin(connection: SmtpConnection, field: Field): Promise<string | null>;
  /** Done once a second to each connection while it is held. */
  drip?(connection: SmtpConnection, second: number): void;
}

/** While held, how often honest visitors are looked after. Milliseconds. */
const BEAT_MS = 1_000;
const PULSE_EVERY = 5;
/** An honest visit counts as served if it takes no longer than this, or this many times as long as before. Milliseconds. */
const SLOW_MS = 3_000;
const SLOWER = 20;

/** How long a crowd is held unless told otherwise, and the longest, whatever is wished. Seconds. */
export const HOLD_S = 20;
export const HOLD_MOST_S = 600;

/** What an attack sends and takes at most, where crowds are held for `hold` seconds. */
export function costOf({ cost, holds }: Attack, hold: number): DrillCost {
  return holds === true ? { ...cost, seconds: cost.seconds - HOLD_S + hold } : cost;
}

/**
 * Makes an attack that opens connections, holds them for a while, and looks meanwhile how honest visitors fare. It lets go at once when they
 * are not served.
 */
export function holding(attack: Holding): Attack {
  const { crowd, addresses, at, begin, drip, ...about } = attack;
  return {
    ...about,
    holds: true,
    async play(field): Promise<Verdict> {
      const before = await field.pulse();
      if (before.state !== 'served')
        return notRun(`an honest visit is not served before the attack either: ${before.words}`);
      const held: SmtpConnection[] = [];
      try {
        const gathered = await gather(attack, field, held);
        const [first] = held;
        if (first === undefined) return notRun(gathered ?? 'nothing could be held');
        const lines = () => [...first.lines];
        const pulse = await watch(attack, field, held);
        const cut = await countCut(held);
        if (pulse.state !== 'served' && !(pulse.state === 'refused' && gathered !== null && !field.facts.apart))
          return {
            outcome: 'harmed',
            at,
            because: `while ${held.length} were held, an honest visitor was not served: ${pulse.words}`,
            dialogues: [lines()],
          };
        if (gathered !== null)
          return {
            outcome: 'stopped',
            at: 'connect',
            because: `${held.length} were held, then: ${gathered}`,
            dialogues: [lines()],
          };
        if (cut.count === held.length)
          return {
            outcome: 'stopped',
            at,
            because: `all ${held.length} were hung up on within ${field.facts.hold} s (${cut.words})`,
            dialogues: [lines()],
          };
        const took = pulse.state === 'served' ? `, and honest visitors were served in ${pulse.took} ms` : '';
        return {
          outcome: 'contained',
          at,
          because: `${held.length - cut.count} were held for ${field.facts.hold} s${took}`,
          dialogues: [lines()],
        };
      } finally {
        for (const connection of held) connection.close();
      }
    },
  };
}

/** Opens the crowd, one of each address at a time; the sentence that ended it early, or null. */
async function gather(
  { crowd, addresses, begin }: Holding,
  field: Field,
  held: SmtpConnection[],
): Promise<string | null> {
  const join = async (member: number): Promise<string | null> => {
    const opened: SmtpConnection | Failure = await field.open(member);
    if (isFailure(opened)) return brokenWords(opened);
    const refused = await begin(opened, field);
    if (refused === null) held.push(opened);
    else opened.close();
    return refused;
  };
  for (let joined = 0; joined < crowd; joined += addresses) {
    const members = Array.from({ length: Math.min(addresses, crowd - joined) }, (_, member) => join(member));
    const refused = (await Promise.all(members)).find((words) => words !== null);
    if (refused !== undefined) return refused;
  }
  return null;
}

/** Holds them; the last pulse, or the first that was bad. */
async function watch({ drip }: Holding, field: Field, held: readonly SmtpConnection[]): Promise<Pulse> {
  let pulse = await field.pulse();
  const bound = Math.max(SLOW_MS, SLOWER * field.facts.baseline);
  for (let second = 1; second <= field.facts.hold; second += 1) {
    if (pulse.state !== 'served') return pulse;
    if (pulse.took > bound)
      return { state: 'gone', words: `it took ${pulse.took} ms, and ${field.facts.baseline} ms before` };
    await field.clock.sleep(BEAT_MS);
    for (const connection of held) drip?.(connection, second);
    if (second % PULSE_EVERY === 0 || second === field.facts.hold) pulse = await field.pulse();
  }
  return pulse;
}

/** How many were hung up on, and in which words. */
async function countCut(held: readonly SmtpConnection[]): Promise<{ readonly count: number; readonly words: string }> {
  let count = 0;
  let words = '';
  for (const connection of held) {
    connection.listen();
    for (let heard = await connection.hear(50); heard !== null; heard = await connection.hear(50)) {
      if (heard.ok && heard.reply.code === 421) words = quoteReply(heard.reply);
      if (heard.ok) continue;
      count += 1;
      words ||= brokenWords(heard);
      break;
    }
  }
  return { count, words };
}

/** How long a member of a crowd waits for its greeting: some servers let strangers wait on purpose. Milliseconds. */
const GREETING_MS = 8_000;

/** Waits for the greeting of a connection that is to be held; a sentence if it is none. */
export async function greeted(connection: SmtpConnection): Promise<string | null> {
  const greeting = await connection.hear(GREETING_MS);
  if (greeting === null) return `no greeting within ${GREETING_MS / 1000} s`;
  if (!greeting.ok) return brokenWords(greeting);
  return greeting.reply.code === 220 ? null : quoteReply(greeting.reply);
}
