import type { EdgeCommand } from '../command.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';

/** RFC 5321 §4.1.1.5. */
export const rset: EdgeCommand<Session> = {
  word: 'RSET',
  beforeTls: false,
  endsPipeline: false,
  proceed(session, argument) {
    if (argument !== '') return session.fault('syntax', REPLIES.badSyntax);
    session.reset();
    session.replyJunk(REPLIES.ok);
  },
};

/** RFC 5321 §4.1.1.9; its argument is ignored. */
export const noop: EdgeCommand<Session> = {
  word: 'NOOP',
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.ok),
};

/** RFC 5321 §4.1.1.10. */
export const quit: EdgeCommand<Session> = {
  word: 'QUIT',
  beforeTls: true,
  endsPipeline: false,
  proceed(session) {
    session.say(REPLIES.bye);
    session.hangUp();
  },
};

/** One answer for every address (RFC 5321 §3.5.3), so that nobody can be found by asking. */
export const vrfy: EdgeCommand<Session> = {
  word: 'VRFY',
  beforeTls: false,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.cannotVerify),
};

/** RFC 5321 §4.1.1.8, with nothing to learn. */
export const help: EdgeCommand<Session> = {
  word: 'HELP',
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.helpText),
};
