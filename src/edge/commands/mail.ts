import { isXtext } from '../../wire/smtp/xtext.ts';
import type { EdgeCommand } from '../command.ts';
import { rewritesOf, withOnwardSender } from '../envelope/rewrite.ts';
import { tooLarge, tooManyMessages } from '../filters/hard-limits.ts';
import {
  authMissing,
  badAddress,
  badSequence,
  badSyntax,
  eightBit,
  unknownParameter,
} from '../filters/strict-protocol.ts';
import { passes } from '../policy.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';
import type { EnvelopeParameters } from '../stage.ts';
import { inOurWords, parameterMap, readAddress } from './address.ts';

/** RFC 5321 §4.1.1.2. */
export const mail: EdgeCommand<Session> = {
  word: 'MAIL',
  beforeTls: false,
  endsPipeline: false,
  proceed(session, argument) {
    const { setting } = session;
    if (session.hello === null || session.envelope !== null) return void session.fault(badSequence, 'MAIL');
    if (setting.logins !== null && !session.peer.inside) return void session.fault(authMissing, 'MAIL');
    if (session.messages >= setting.options.limits.messagesPerSession) {
      session.fault(tooManyMessages, `${session.messages} messages`);
      return;
    }
    const path = readAddress(argument, 'FROM:');
    if (path === null) return void session.fault(badAddress, argument.slice(0, 200));
    const parameters = readParameters(path.parameters, session);
    if (parameters === 'unknown') return void session.fault(unknownParameter, argument.slice(0, 200));
    if (parameters === 'malformed') return void session.fault(badSyntax, argument.slice(0, 200));
    if (path.eightBit && !parameters.smtpUtf8) return void session.fault(eightBit, 'in MAIL');
    const most = Math.min(setting.options.limits.messageSize, session.upstream.size ?? Number.POSITIVE_INFINITY);
    if (parameters.size !== null && parameters.size > most)
      return void session.fault(tooLarge, `${parameters.size} bytes declared`);
    if (!session.upstream.available) return session.reply(REPLIES.tryLater);
    const sender = inOurWords(path.mailbox, setting.options.domains);
    const envelope = withOnwardSender({ sender, parameters }, rewritesOf(session));
    session.wait(session.consult('mail', { peer: session.peer, hello: session.hello, envelope }), (verdict) => {
      if (!passes(verdict)) return session.refuse('mail', verdict);
      session.envelope = envelope;
      session.hits = verdict.because.filter((hit) => !session.sessionHits.includes(hit));
      session.reply(REPLIES.senderOk);
    });
  },
};

function readParameters(
  given: readonly string[],
  { tls, login, setting: { options } }: Session,
): EnvelopeParameters | 'unknown' | 'malformed' {
  const { extensions } = options;
  const known = parameterMap(given);
  if (known === null) return 'malformed';
  const read = {
    size: null as number | null,
    body: null as EnvelopeParameters['body'],
    smtpUtf8: false,
    requireTls: false,
    ret: null as string | null,
    envid: null as string | null,
  };
  for (const [name, value] of known) {
    switch (name) {
      case 'SIZE':
        // RFC 1870 §4: up to 20 digits.
        if (value === null || !/^\d{1,20}$/.test(value)) return 'malformed';
        read.size = Number(value);
        break;
      case 'BODY':
        if (value === null) return 'malformed';
        read.body = value.toUpperCase() as '7BIT' | '8BITMIME';
        if (read.body !== '7BIT' && read.body !== '8BITMIME') return 'unknown';
        break;
      case 'SMTPUTF8':
        if (!extensions.smtpUtf8) return 'unknown';
        if (value !== null) return 'malformed';
        read.smtpUtf8 = true;
        break;
      case 'REQUIRETLS':
        if (!extensions.requireTls || tls === null) return 'unknown';
        if (value !== null) return 'malformed';
        read.requireTls = true;
        break;
      case 'RET':
        if (!extensions.dsn) return 'unknown';
        if (value === null || !/^(?:FULL|HDRS)$/i.test(value)) return 'malformed';
        read.ret = value.toUpperCase();
        break;
      case 'ENVID':
        if (!extensions.dsn) return 'unknown';
        // RFC 3461 §4.4: xtext of at most 100 characters.
        if (value === null || value.length > 100 || !isXtext(value)) return 'malformed';
        read.envid = value;
        break;
      case 'AUTH':
        if (login === null) return 'unknown';
        // RFC 4954 §5: who first submitted it. It is looked at and goes no further: the upstream knows who logged in.
        if (value === null || !isXtext(value)) return 'malformed';
        break;
      default:
        return 'unknown';
    }
  }
  return read;
}
