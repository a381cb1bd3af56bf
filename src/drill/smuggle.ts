import type { Failure } from '../net/dialler.ts';
import type { Answer, SmtpConnection } from '../net/smtp-connection.ts';
import type { Reply } from '../wire/smtp/reply.ts';
import { type Attack, type Field, isFailure, type Verdict } from './attack.ts';
import { type FactsWithRecipient, hasRecipient, noRecipient } from './facts.ts';
import { arrivals, type Mailbox } from './mailbox.ts';
import { type FormVerdict, notRun, verdictOfForms } from './outcome.ts';
import { brokenWords, play } from './play.ts';
import { quoteReply } from './pulse.ts';
import { data, delivers, letter } from './script.ts';
import { type Judged, playOn } from './scripted.ts';

/** A sequence that some servers take for the end of a message, beside the only true one (RFC 5321 §4.1.1.4). */
export interface EndForm {
  readonly form: string;
  readonly sequence: string;
}

/** After a server's answer, how long it is listened to for answers that only a smuggled message can have caused. */
const MORE_MS = 1_500;

/**
 * An attack that hides a second message inside the first, behind a sequence that this server or the next one may take for its end
 * (CVE-2023-51764 and its kind). The second message goes to the same recipient and holds a token of its own, so that it can be counted.
 */
export function smuggling(attack: Omit<Attack, 'play'>, forms: readonly EndForm[]): Attack {
  return {
    ...attack,
    async play(field): Promise<Verdict> {
      const { facts } = field;
      if (!hasRecipient(facts)) return notRun(noRecipient(facts));
      const control = await playOn(field, delivers(facts, { attack: attack.name, token: field.token() }));
      if (typeof control === 'string') return notRun(control);
      if (!control.through)
        return notRun(`an honest letter does not pass either (at ${control.stage}: ${control.words})`, control.lines);
      const verdicts: FormVerdict[] = [];
      for (const form of forms) verdicts.push({ form: form.form, ...(await smuggle(attack.name, form, facts, field)) });
      return verdictOfForms(verdicts, [control.lines]);
    },
  };
}

async function smuggle(
  attack: string,
  { sequence }: EndForm,
  facts: FactsWithRecipient,
  field: Field,
): Promise<Omit<FormVerdict, 'form'>> {
  const [outer, inner] = [field.token(), field.token()];
  const opened = await field.open();
  if (isFailure(opened)) return { ...unproven(`no connection could be had: ${brokenWords(opened)}`), lines: [] };
  try {
    const begun = await play(opened, data(facts), facts);
    if (!begun.through) return { ...unproven(`the letter could not be begun: ${begun.words}`), lines: begun.lines };
    opened.send(
      Buffer.from(
        [
          letter(facts, { attack, token: outer }),
          `The next line is no end.${sequence}`,
          `MAIL FROM:<${facts.sender}>\r\nRCPT TO:<${facts.recipient}>\r\nDATA\r\n`,
          letter(facts, { attack: `${attack} (smuggled)`, token: inner }),
          '.\r\n',
        ].join(''),
        'latin1',
      ),
    );
    const heard = await hearAll(opened, facts.patience);
    const judged = judge(heard);
    const lines = [...opened.lines];
    if (judged.outcome === 'stopped' || field.mailbox === null) return { ...judged, lines };
    return { ...(await lookInto(field, { outer, inner, sequence }, judged)), lines };
  } finally {
    opened.close();
  }
}

interface Heard {
  readonly replies: readonly Reply[];
  readonly ended: Failure | null;
}

async function hearAll(connection: SmtpConnection, patience: number): Promise<Heard> {
  const replies: Reply[] = [];
  let answer: Answer | Failure | null = await connection.reply(patience);
  while (answer?.ok === true) {
    replies.push(answer.reply);
    if (smuggledTaken(replies)) break;
    answer = await connection.hear(MORE_MS);
  }
  return { replies, ended: answer === null || answer.ok ? null : answer };
}

/** True if, behind the answer to the message, another one was begun and taken. */
function smuggledTaken([, ...more]: readonly Reply[]): boolean {
  const begun = more.findIndex(({ code }) => code === 354);
  return begun >= 0 && more.slice(begun + 1).some(({ code }) => code < 300);
}

/** What the answers say: one for one message, more if the message ended where it should not. */
function judge({ replies, ended }: Heard): Judged {
  const [first, ...more] = replies;
  if (first === undefined)
    return { outcome: 'stopped', at: 'message', because: ended === null ? 'no answer' : brokenWords(ended) };
  if (first.code >= 300) return { outcome: 'stopped', at: 'message', because: quoteReply(first) };
  if (more.length === 0)
    return {
      outcome: 'contained',
      at: 'message',
      because: `taken as one message (${quoteReply(first)}); what is handed on can be seen with --mailbox`,
    };
  if (smuggledTaken(replies))
    return {
      outcome: 'passed',
      at: 'message',
      because: `${replies.length} answers to one message: the smuggled one was taken too`,
    };
  const refusal = more.find(({ code }) => code >= 400);
  return {
    outcome: 'contained',
    at: 'message',
    because: `the message ended where it should not, but what came behind it was refused (${refusal === undefined ? 'no word' : quoteReply(refusal)})`,
  };
}

/** How long a smuggled message may lag behind the one that hid it. */
const LAG_MS = 2_000;

/** True if the inner message is in the mailbox, and not as a part of the outer one. */
async function arrivedAlone(mailbox: Mailbox, inner: string, outer: string): Promise<boolean> {
  return (await mailbox.holding(inner)).some((message) => !message.includes(outer));
}

/** Counts what arrived: a smuggled message of its own, or the sequence as raw as it was sent. */
async function lookInto(
  field: Field,
  { outer, inner, sequence }: { readonly outer: string; readonly inner: string; readonly sequence: string },
  judged: Judged,
): Promise<Judged> {
  const mailbox = field.mailbox;
  if (mailbox === null) return judged;
  const found = await arrivals(mailbox, outer, field.clock);
  let alone = await arrivedAlone(mailbox, inner, outer);
  if (!alone && found.length > 0) {
    await field.clock.sleep(LAG_MS);
    alone = await arrivedAlone(mailbox, inner, outer);
  }
  if (alone) return { outcome: 'passed', at: 'delivery', because: 'the smuggled message arrived as one of its own' };
  const [message] = found;
  if (message === undefined) return judged;
  // A mailbox with its own line ends cannot tell what came over the wire.
  const own = message.toString('latin1');
  const wire = own.split('\r\n').length > own.split('\n').length / 2;
  if (wire && own.includes(sequence))
    return {
      outcome: 'passed',
      at: 'delivery',
      because: 'handed on as raw as it came: the next server may end the message there',
    };
  const because = wire
    ? 'one message arrived, and the sequence is no longer in it'
    : 'one message arrived; its line ends are the mailbox’s own, so what the next server got is not known';
  return { outcome: 'contained', at: 'delivery', because };
}

const unproven = (because: string): Judged => ({ outcome: 'not-run', at: null, because });
