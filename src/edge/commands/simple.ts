import { REPLIES } from '../reply.ts';
import type { EdgeCommand } from '../session.ts';

/** RFC 5321 §4.1.1.5. */
export const rset: EdgeCommand = {
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
export const noop: EdgeCommand = {
  word: 'NOOP',
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.ok),
};

/** RFC 5321 §4.1.1.10. */
export const quit: EdgeCommand = {
  word: 'QUIT',
  beforeTls: true,
  endsPipeline: false,
  proceed(session) {
    session.say(REPLIES.bye);
    session.hangUp();
  },
};

/** One answer for every address (RFC 5321 §3.5.3), so that nobody can be found by asking. */
export const vrfy: EdgeCommand = {
  word: 'VRFY',
  beforeTls: false,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.cannotVerify),
};

/** RFC 5321 §4.1.1.8, with nothing to learn. */
export const help: EdgeCommand = {
  word: 'HELP',
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => session.replyJunk(REPLIES.helpText),
};
