import { type Attack, isFailure, type Verdict } from '../attack.ts';
import { hasRecipient, noRecipient } from '../facts.ts';
import { notRun } from '../outcome.ts';
import { brokenWords, play } from '../play.ts';
import { quoteReply } from '../pulse.ts';
import { envelope } from '../script.ts';

/** More than anyone allows; RFC 5321 §4.5.3.1.8 wants at least 100 to be taken. */
const RECIPIENTS = 1_100;

/** Names the same recipient again and again in one transaction, and never sends DATA. */
export const manyRecipients: Attack = {
  name: 'many-recipients',
  title: 'Names more than a thousand recipients for one message',
  threat: 'attack/overflow',
  control: 'edge/hard-limits',
  severity: 'low',
  gain: 'One message costs him one transfer, and the server a thousand deliveries.',
  remedy: [
    { platform: '*', text: 'Limit the recipients of one message (RFC 5321 wants at least 100) and answer 452 beyond.' },
    { platform: 'Postfix', text: 'Lower the limit.', config: 'smtpd_recipient_limit = 200' },
    { platform: 'Exim', text: 'Set a limit.', config: 'recipients_max = 200' },
    {
      platform: 'Exchange',
      text: 'Keep the limit of the Receive connector.',
      config: 'Set-ReceiveConnector NAME -MaxRecipientsPerMessage 200',
    },
  ],
  references: ['RFC 5321 §4.5.3.1.8', 'RFC 5321 §4.5.3.1.10'],
  cost: { connections: 1, messages: 0, bytes: 60_000, seconds: 10 },
  async play(field): Promise<Verdict> {
    const { facts } = field;
    if (!hasRecipient(facts)) return notRun(noRecipient(facts));
    const opened = await field.open();
    if (isFailure(opened)) return notRun(`no connection could be had: ${brokenWords(opened)}`);
    try {
      // The first recipient is the control: the same with one.
      const begun = await play(opened, envelope(facts), facts);
      if (!begun.through) return notRun(`one recipient is not taken either (${begun.words})`, begun.lines);
      const verdict = (outcome: Verdict['outcome'], because: string): Verdict => ({
        outcome,
        at: 'rcpt',
        because,
        dialogues: [[...opened.lines]],
      });
      for (let number = 2; number <= RECIPIENTS; number += 1) {
        const answer = await opened.command(`RCPT TO:<${facts.recipient}>`);
        if (!answer.ok) return verdict('stopped', `at recipient ${number} ${brokenWords(answer)}`);
        if (answer.reply.code >= 400) return verdict('stopped', `at recipient ${number}: ${quoteReply(answer.reply)}`);
      }
      return verdict('passed', `${RECIPIENTS} recipients were taken for one message`);
    } finally {
      opened.close();
    }
  },
};
