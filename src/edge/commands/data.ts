import type { EdgeCommand } from '../command.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';

/** RFC 5321 §4.1.1.4; the last of a pipelined group (RFC 2920 §3.1), since its answer decides what the next bytes are. */
export const data: EdgeCommand<Session> = {
  word: 'DATA',
  beforeTls: false,
  endsPipeline: true,
  proceed(session, argument) {
    if (argument !== '') return session.fault('syntax', REPLIES.badSyntax);
    if (session.envelope === null) return session.fault('sequence', REPLIES.badSequence);
    if (session.recipients.length === 0) return session.fault('no-recipients', REPLIES.noRecipients);
    session.beginData();
  },
};
