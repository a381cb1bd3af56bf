import type { EdgeCommand } from '../command.ts';
import { badSequence, badSyntax, noRecipients } from '../filters/strict-protocol.ts';
import { MessageIntake } from '../message-intake.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';

/** RFC 5321 §4.1.1.4; the last of a pipelined group (RFC 2920 §3.1), since its answer decides what the next bytes are. */
export const data: EdgeCommand<Session> = {
  word: 'DATA',
  beforeTls: false,
  endsPipeline: true,
  proceed(session, argument) {
    if (argument !== '') return void session.fault(badSyntax, 'DATA takes no argument');
    if (session.envelope === null || session.chunks !== null)
      return void session.fault(badSequence, 'DATA without MAIL');
    if (session.recipients.length === 0) return void session.fault(noRecipients, 'DATA without RCPT');
    session.reply(REPLIES.startData);
    session.begin(new MessageIntake(session));
  },
};
