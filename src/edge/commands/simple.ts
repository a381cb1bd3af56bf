import type { EdgeCommand } from '../command.ts';
import { asksForNames } from '../filters/neutral-dialect.ts';
import { badSyntax, eightBit, notImplemented, notSmtp } from '../filters/strict-protocol.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';

/** Answers a command that says nothing with bytes above 127 in it: only an address may hold them, and only by leave (RFC 6531 §3.3). */
export function refusesEightBit(session: Session, word: string, argument: string): boolean {
  if (!/[\x80-\xff]/.test(argument)) return false;
  session.fault(eightBit, `in ${word}`);
  return true;
}

/** RFC 5321 §4.1.1.5. */
export const rset: EdgeCommand<Session> = {
  word: 'RSET',
  beforeTls: false,
  endsPipeline: false,
  proceed(session, argument) {
    if (argument !== '') return void session.fault(badSyntax, 'RSET takes no argument');
    session.reset();
    session.replyJunk(REPLIES.ok);
  },
};

/** RFC 5321 §4.1.1.9; its argument is ignored. */
export const noop: EdgeCommand<Session> = {
  word: 'NOOP',
  beforeTls: true,
  endsPipeline: false,
  proceed(session, argument) {
    if (!refusesEightBit(session, 'NOOP', argument)) session.replyJunk(REPLIES.ok);
  },
};

/** RFC 5321 §4.1.1.10. */
export const quit: EdgeCommand<Session> = {
  word: 'QUIT',
  beforeTls: true,
  endsPipeline: false,
  proceed(session) {
    session.say(REPLIES.bye);
    session.hangUp(!session.ahead);
  },
};

/** One answer for every address (RFC 5321 §3.5.3), so that nobody can be found by asking; leave for other letters is a word of its own. */
export const vrfy: EdgeCommand<Session> = {
  word: 'VRFY',
  beforeTls: false,
  endsPipeline: false,
  proceed(session, argument) {
    if (!/ SMTPUTF8$/i.test(argument) && refusesEightBit(session, 'VRFY', argument)) return;
    session.note(asksForNames, 'VRFY');
    session.replyJunk(REPLIES.cannotVerify);
  },
};

/** RFC 5321 §4.1.1.8, with nothing to learn. */
export const help: EdgeCommand<Session> = {
  word: 'HELP',
  beforeTls: true,
  endsPipeline: false,
  proceed(session, argument) {
    if (refusesEightBit(session, 'HELP', argument)) return;
    session.note(asksForNames, 'HELP');
    session.replyJunk(REPLIES.helpText);
  },
};

/** Commands of RFC 5321 §F, of extensions that are not offered, and of other products: known, and not for anybody here. */
export const notHere: readonly EdgeCommand<Session>[] = [
  'EXPN',
  'TURN',
  'ETRN',
  'ATRN',
  'SEND',
  'SOML',
  'SAML',
  'XCLIENT',
].map((word) => ({
  word,
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => void session.fault(notImplemented, word),
}));

/** First words of other protocols. */
export const otherProtocols: readonly EdgeCommand<Session>[] = [
  'GET',
  'POST',
  'PUT',
  'HEAD',
  'OPTIONS',
  'DELETE',
  'PATCH',
  'TRACE',
  'CONNECT',
  'PROXY',
].map((word) => ({
  word,
  beforeTls: true,
  endsPipeline: false,
  proceed: (session) => void session.fault(notSmtp, word),
}));
