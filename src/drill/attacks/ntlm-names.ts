import { ntlmLines } from '../../platform/ntlm-line.ts';
import { NTLM_NEGOTIATE } from '../../wire/ntlm/negotiate.ts';
import { type Reply, replyText } from '../../wire/smtp/reply.ts';
import type { Attack, Verdict } from '../attack.ts';
import { atLogin } from '../login.ts';
import { brokenWords } from '../play.ts';
import { quoteReply } from '../pulse.ts';

/** Begins a login by NTLM, reads what the challenge tells of the inside, and breaks off. No name and no password is sent. */
export const ntlmNames: Attack = {
  name: 'ntlm-names',
  title: 'Asks for the names of the inside by NTLM',
  threat: 'attack/account',
  control: 'edge/strict-protocol',
  severity: 'medium',
  gain: 'He learns the domain that his guesses need, the name of the machine inside and the build of its Windows.',
  remedy: [
    { platform: '*', text: 'Do not offer NTLM to strangers: not on port 25, and elsewhere PLAIN inside TLS instead.' },
    {
      platform: 'Exchange',
      text: 'Take integrated authentication from the connector that faces the Internet.',
      config: 'Set-ReceiveConnector NAME -AuthMechanism Tls',
    },
  ],
  references: ['MS-NLMP §2.2.1.2', 'RFC 4954 §4'],
  cost: { connections: 1, messages: 0, bytes: 2_500, seconds: 2 },
  play: (field) =>
    atLogin(field, async (connection): Promise<Verdict> => {
      const verdict = (outcome: Verdict['outcome'], because: string): Verdict => ({
        outcome,
        at: 'auth',
        because,
        dialogues: [[...connection.lines]],
      });
      const begun = await connection.command('AUTH NTLM');
      if (!begun.ok) return verdict('stopped', brokenWords(begun));
      if (begun.reply.code !== 334) return verdict('stopped', quoteReply(begun.reply));
      const answer = await connection.command(NTLM_NEGOTIATE);
      if (!answer.ok) return verdict('stopped', brokenWords(answer));
      const told = toldBy(begun.reply, answer.reply);
      if (told.length === 0) return verdict('stopped', `the challenge names nothing: ${quoteReply(answer.reply)}`);
      await connection.command('*');
      return verdict('passed', `the challenge tells ${told.join(', ')}`);
    }),
};

/** A server may challenge at once, or after our first message. */
function toldBy(...replies: readonly Reply[]): readonly string[] {
  return replies.flatMap((reply) => ntlmLines(replyText(reply)));
}
