import type { SmtpConnection } from '../../net/smtp-connection.ts';
import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { hasRecipient, noRecipient } from '../facts.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { quoteReply } from '../pulse.ts';
import { hello, letter } from '../script.ts';

const LETTERS = 120;
const LONGEST_MS = 60_000;
const SLOW_MS = 400;

/** Sends letters on end, on one connection, to one recipient. */
export const floodLetters: Attack = {
  name: 'flood-letters',
  title: 'Sends a hundred and twenty letters on end',
  threat: 'attack/engine',
  control: 'edge/rate',
  severity: 'medium',
  gain: 'He fills a mailbox, and with it whoever pays for the disk and has to read.',
  remedy: [
    { platform: '*', text: 'Limit the letters of one address per minute, and of one connection.' },
    { platform: 'Postfix', text: 'Set a rate.', config: 'smtpd_client_message_rate_limit = 60' },
    { platform: 'Exim', text: 'Set a rate in the RCPT ACL.', config: 'defer ratelimit = 60 / 1m / per_mail / strict' },
    {
      platform: 'Exchange',
      text: 'Set a rate on the Receive connector.',
      config: 'Set-ReceiveConnector NAME -MessageRateLimit 60 -MessageRateSource IPAddress',
    },
  ],
  references: ['RFC 5321 §7.8', 'RFC 5321 §4.5.3.1'],
  cost: { connections: 1, messages: LETTERS, bytes: 80_000, seconds: 60 },
  async play(field): Promise<Verdict> {
    const { facts, clock } = field;
    if (!hasRecipient(facts)) return notRun(noRecipient(facts));
    const opened = await field.open();
    if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
    try {
      const begun = await play(opened, hello(facts), facts);
      if (!begun.through) return notRun(begun.words, begun.lines);
      const began = clock.monotonic();
      let sent = 0;
      for (; sent < LETTERS && clock.monotonic() - began < LONGEST_MS; sent += 1) {
        const refused = await send(opened, facts, letter(facts, { attack: 'flood-letters', token: field.token() }));
        if (refused === null) continue;
        const lines = [...opened.lines];
        // The first letter is the control: the same, once.
        if (sent === 0) return notRun(`one letter does not pass either (${refused})`, lines);
        return { outcome: 'stopped', at: 'mail', because: `after ${sent} letters: ${refused}`, dialogues: [lines] };
      }
      const each = Math.round((clock.monotonic() - began) / sent);
      const [outcome, because] =
        each >= SLOW_MS
          ? (['contained', `${sent} letters were taken, but each took ${each} ms`] as const)
          : (['passed', `${sent} letters on end were taken, in ${each} ms each`] as const);
      return { outcome, at: 'message', because, dialogues: [[...opened.lines]] };
    } finally {
      opened.close();
    }
  },
};

/** Sends one letter; what refused it, or null. */
async function send(
  connection: SmtpConnection,
  { sender, recipient }: { readonly sender: string; readonly recipient: string },
  text: string,
): Promise<string | null> {
  for (const line of [`MAIL FROM:<${sender}>`, `RCPT TO:<${recipient}>`, 'DATA']) {
    const answer = await connection.command(line);
    if (!answer.ok) return brokenWords(answer);
    if (answer.reply.code >= 400) return quoteReply(answer.reply);
  }
  connection.send(Buffer.from(`${text}.\r\n`, 'latin1'));
  const taken = await connection.reply();
  if (!taken.ok) return brokenWords(taken);
  return taken.reply.code >= 400 ? quoteReply(taken.reply) : null;
}
