import type { Attack } from '../attack.ts';
import { hello, says, script } from '../script.ts';
import { scripted, writing } from '../scripted.ts';

/** Sends what claims to be a bounce to several recipients: a true one has one (RFC 5321 §4.5.5). */
export const nullSenderCrowd: Attack = scripted({
  name: 'null-sender-crowd',
  title: 'Sends a false bounce to several recipients',
  threat: 'attack/engine',
  control: 'edge/null-sender',
  severity: 'low',
  gain: 'Mail without a sender passes checks of senders, and nobody can answer it: spam travels as bounces.',
  remedy: [
    { platform: '*', text: 'Take one recipient only from the null sender.' },
    {
      platform: 'Postfix',
      text: 'Refuse more than one.',
      config: 'smtpd_data_restrictions = reject_multi_recipient_bounce',
    },
  ],
  references: ['RFC 5321 §4.5.5'],
  cost: { connections: 4, messages: 0, bytes: 500, seconds: 2 },
  pairs: writing((facts) => {
    const other = facts.domain === '' ? 'postmaster' : `postmaster@${facts.domain}`;
    const from = (sender: string, second: string) =>
      script(
        hello(facts),
        says(`MAIL FROM:<${sender}>`),
        'S: 250*',
        says(`RCPT TO:<${facts.recipient}>`),
        'S: 25*',
        says(`RCPT TO:<${second}>`),
        'S: 25*',
        'C: DATA',
        'S: 354*',
      );
    return [...new Set([facts.recipient, other])].map((second) => ({
      form: second === facts.recipient ? 'one recipient twice' : 'recipient and postmaster',
      control: from(facts.sender, second),
      sting: from('', second),
    }));
  }),
});
