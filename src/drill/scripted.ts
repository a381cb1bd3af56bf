import { type Attack, type Field, isFailure } from './attack.ts';
import { type Facts, type FactsWithRecipient, hasRecipient, noRecipient } from './facts.ts';
import { arrivals } from './mailbox.ts';
import { type FormVerdict, notRun, verdictOfForms } from './outcome.ts';
import { brokenWords, type Played, play } from './play.ts';

/** One form of an attack: a transcript with the sting, and the same without it. */
export interface Pair {
  readonly form: string;
  /** Must go through, or the attack proves nothing on this server. */
  readonly control: string;
  /** Goes through if the attacker has his way. */
  readonly sting: string;
  /** By which the sting's letter is known in the mailbox. */
  readonly token?: string;
  /** How long an answer to the sting is waited for, where none is an answer too. Milliseconds. */
  readonly patience?: number;
}

/** An attack that is a dialogue: its pairs, and what to make of a sting that went through or was stopped. */
export interface Scripted extends Omit<Attack, 'play'> {
  /** Each dialogue comes from an address of its own, where there are several: the server has met none of them before. */
  readonly strangers?: true;
  /** The pairs, or a sentence that says why there are none. */
  pairs(facts: Facts, token: () => string): readonly Pair[] | string;
  /** Judges a sting; without it, what went through has passed and what did not was stopped. */
  judge?(played: Played, pair: Pair, field: Field): Promise<Judged> | Judged;
}

/** What became of one sting. */
export type Judged = Pick<FormVerdict, 'outcome' | 'at' | 'because'>;

/** Makes an attack of dialogues. Each control that differs is played once. */
export function scripted(attack: Scripted): Attack {
  const { pairs, judge = judgePlain, strangers, ...about } = attack;
  return {
    ...about,
    async play(field) {
      const all = pairs(field.facts, () => field.token());
      if (typeof all === 'string') return notRun(all);
      let dialogues = 0;
      const open = (): Field => (strangers === undefined ? field : memberOf(field, dialogues++));
      const controls = new Map<string, Played | string>();
      const forms: FormVerdict[] = [];
      const proofs: Played[] = [];
      for (const pair of all) {
        let control = controls.get(pair.control);
        if (control === undefined) {
          control = await playOn(open(), pair.control);
          controls.set(pair.control, control);
          if (typeof control !== 'string') proofs.push(control);
        }
        forms.push({ form: pair.form, ...(await tryPair(pair, control, open(), judge)) });
      }
      return verdictOfForms(
        forms,
        proofs.map(({ lines }) => lines),
      );
    },
  };
}

/** The field as a member of a crowd sees it. */
function memberOf(field: Field, member: number): Field {
  return { ...field, open: () => field.open(member) };
}

async function tryPair(
  pair: Pair,
  control: Played | string,
  field: Field,
  judge: NonNullable<Scripted['judge']>,
): Promise<Omit<FormVerdict, 'form'>> {
  if (typeof control === 'string') return { ...nothing(control), lines: [] };
  if (!control.through)
    return {
      ...nothing(`without the sting it does not pass either (at ${control.stage}: ${control.words})`),
      lines: control.lines,
    };
  const played = await playOn(field, pair.sting, pair.patience);
  if (typeof played === 'string') return { ...nothing(played), lines: [] };
  return { ...(await judge(played, pair, field)), lines: played.lines };
}

/** Plays a transcript on a connection of its own; a sentence if there was none to be had. */
export async function playOn(
  field: Field,
  transcript: string,
  patience = Number.POSITIVE_INFINITY,
): Promise<Played | string> {
  const { facts } = field;
  const opened = await field.open();
  if (isFailure(opened)) return `no connection could be had: ${brokenWords(opened)}`;
  try {
    return await play(opened, transcript, { ...facts, patience: Math.min(facts.patience, patience) });
  } finally {
    opened.close();
  }
}

const nothing = (because: string): Judged => ({ outcome: 'not-run', at: null, because });

/** What goes through has passed; what does not was stopped where the server said no. */
export function judgePlain({ through, stage, words }: Played): Judged {
  return { outcome: through ? 'passed' : 'stopped', at: stage, because: words };
}

/** Pairs for an attack that writes to the recipient. */
export function writing(
  pairs: (facts: FactsWithRecipient, token: () => string) => readonly Pair[],
): (facts: Facts, token: () => string) => readonly Pair[] | string {
  return (facts, token) => (hasRecipient(facts) ? pairs(facts, token) : noRecipient(facts));
}

/**
 * A judge for letters: what was taken is looked for in the mailbox, where one is known, and `read` says what it came to. A letter that was
 * taken and never arrived was contained.
 */
export function byArrival(
  read: (message: string, pair: Pair) => Judged,
  unseen: Judged['outcome'],
): (played: Played, pair: Pair, field: Field) => Promise<Judged> {
  return async (played, pair, { mailbox, clock }) => {
    if (!played.through || pair.token === undefined) return judgePlain(played);
    if (mailbox === null)
      return { outcome: unseen, at: 'message', because: `${played.words}; what arrives can be seen with --mailbox` };
    const [message] = await arrivals(mailbox, pair.token, clock);
    if (message === undefined) return { outcome: 'contained', at: 'delivery', because: 'taken, and nothing arrived' };
    return read(message.toString('latin1'), pair);
  };
}
