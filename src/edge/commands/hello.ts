import type { EdgeCommand } from '../command.ts';
import { badSyntax } from '../filters/strict-protocol.ts';
import { passes } from '../policy.ts';
import { replyLines } from '../reply.ts';
import type { Session } from '../session.ts';
import type { Hello } from '../stage.ts';
import { refusesEightBit } from './simple.ts';

/** A name or an address literal, and nothing that could end a header line early (RFC 5321 §4.1.2, with the underscores of the wild). */
const NAME = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,253}[A-Za-z0-9_])?\.?|\[[0-9A-Za-z.:]{2,60}\])$/;

export const helo: EdgeCommand<Session> = {
  word: 'HELO',
  beforeTls: true,
  endsPipeline: true,
  proceed: (session, argument) => greet(session, argument, false),
};

/** RFC 5321 §4.1.1.1; the last of a pipelined group (RFC 2920 §3.1). */
export const ehlo: EdgeCommand<Session> = {
  word: 'EHLO',
  beforeTls: true,
  endsPipeline: true,
  proceed: (session, argument) => greet(session, argument, true),
};

function greet(session: Session, argument: string, extended: boolean): void {
  if (refusesEightBit(session, 'hello', argument)) return;
  if (!NAME.test(argument)) return void session.fault(badSyntax, `hello ${JSON.stringify(argument.slice(0, 80))}`);
  const hello: Hello = { name: argument, extended, tls: session.tls };
  // EHLO begins anew (RFC 5321 §4.1.4): what an earlier one brought up is gone with it.
  session.reset();
  session.sessionHits = session.connectHits;
  session.wait(session.consult('hello', { peer: session.peer, hello }), (verdict) => {
    if (!passes(verdict)) return session.refuse('hello', verdict);
    session.sessionHits = verdict.because;
    session.hello = hello;
    const { hostName } = session.setting.options;
    if (extended) session.replyRaw(replyLines(250, [hostName, ...offers(session)]));
    else session.reply({ code: 250, text: hostName });
  });
}

/** The extensions offered now, in one order for everyone. */
function offers(session: Session): string[] {
  const { extensions, limits, tls } = session.setting.options;
  const { upstream, login } = session;
  const { logins } = session.setting;
  const size = upstream.size === null ? limits.messageSize : Math.min(upstream.size, limits.messageSize);
  return [
    'PIPELINING',
    `SIZE ${size}`,
    ...(tls && session.tls === null ? ['STARTTLS'] : []),
    'ENHANCEDSTATUSCODES',
    '8BITMIME',
    ...(logins !== null && login === null && session.tls !== null ? [`AUTH ${logins.mechanisms.join(' ')}`] : []),
    ...(extensions.chunking ? ['CHUNKING'] : []),
    ...(extensions.dsn && upstream.offers('DSN') ? ['DSN'] : []),
    ...(extensions.smtpUtf8 && upstream.offers('SMTPUTF8') ? ['SMTPUTF8'] : []),
    ...(extensions.requireTls && upstream.offers('REQUIRETLS') && session.tls !== null ? ['REQUIRETLS'] : []),
  ];
}
