import type { Clock } from '../../net/clock.ts';
import { type Credentials, readCredential, readPlain, strictBase64 } from '../../wire/smtp/sasl.ts';
import { AnswerIntake } from '../answer-intake.ts';
import type { EdgeCommand } from '../command.ts';
import type { Awaitable } from '../filter.ts';
import { tooManyTries } from '../filters/hard-limits.ts';
import {
  authUnanswered,
  badAnswer,
  badSequence,
  cancelled,
  notImplemented,
  pipelined,
  tlsMissing,
  unknownMechanism,
} from '../filters/strict-protocol.ts';
import { judgePassword } from '../password.ts';
import { passes } from '../policy.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';
import type { LoginAnswer, Logins, Mechanism } from '../upstream/logins.ts';

const ARGUMENT = /^([A-Za-z0-9_-]{1,20})(?: ([A-Za-z0-9+/=]+))?$/;

/** RFC 4954: on doors of submission, inside TLS, once a session. The name and the password go to the upstream and are kept nowhere. */
export const auth: EdgeCommand<Session> = {
  word: 'AUTH',
  beforeTls: true,
  endsPipeline: false,
  proceed(session, argument) {
    const { logins, options } = session.setting;
    if (logins === null) return void session.fault(notImplemented, 'AUTH');
    if (session.ahead && session.fault(pipelined, 'behind AUTH')) return;
    if (session.tls === null) return void session.fault(tlsMissing, 'AUTH');
    // RFC 4954 §4: behind EHLO, not inside a transaction, and not again.
    if (session.hello?.extended !== true || session.envelope !== null || session.login !== null)
      return void session.fault(badSequence, 'AUTH');
    if (session.tries >= options.limits.authTries) return void session.fault(tooManyTries, `${session.tries} tries`);
    const parts = ARGUMENT.exec(argument);
    const mechanism = logins.mechanisms.find((name) => name === parts?.[1]?.toUpperCase());
    if (parts === null) return void session.fault(badAnswer, 'AUTH');
    if (mechanism === undefined) return void session.fault(unknownMechanism, parts[1] as string);
    session.tries++;
    exchange(session, mechanism, parts[2], (credentials) => check(session, logins, mechanism, credentials));
  },
};

/** Asks for what the mechanism needs and the command did not bring. */
function exchange(
  session: Session,
  mechanism: Mechanism,
  first: string | undefined,
  then: (credentials: Credentials) => void,
): void {
  if (mechanism === 'PLAIN') {
    return answerTo(session, '', first, (bytes) => {
      const credentials = readPlain(bytes);
      if (credentials === null) return void session.fault(badAnswer, 'PLAIN');
      then(credentials);
    });
  }
  answerTo(session, 'Username:', first, (name) => {
    const account = readCredential(name);
    answerTo(session, 'Password:', undefined, (secret) => {
      const password = readCredential(secret);
      if (account === null || password === null) return void session.fault(badAnswer, 'LOGIN');
      then({ account, password });
    });
  });
}

/** Goes on with the decoded answer to a question; `given` stands for the answer where it came with the command. */
function answerTo(session: Session, question: string, given: string | undefined, then: (answer: Buffer) => void): void {
  const take = (text: string): void => {
    // RFC 4954 §4: a lone `=` is an empty answer that came with the command.
    const bytes = strictBase64(given === '=' && text === '=' ? '' : text);
    if (bytes === null) return void session.fault(badAnswer, 'no base64');
    then(bytes);
  };
  if (given !== undefined) return take(given);
  session.replyRaw(`334 ${Buffer.from(question).toString('base64')}\r\n`);
  session.begin(
    new AnswerIntake(session, (line) => {
      if (session.ahead && session.fault(pipelined, 'behind an answer of AUTH')) return;
      if (line === '*') return void session.fault(cancelled, 'AUTH');
      take(line);
    }),
  );
}

/** Asks the filters, the upstream, and the filters again; all must agree. */
function check(session: Session, logins: Logins, mechanism: Mechanism, credentials: Credentials): void {
  const { clock, options } = session.setting;
  const { account, password } = credentials;
  const began = clock.monotonic();
  const onStep = (then: () => void) => session.wait(untilStep(clock, options.limits.authStep, began), then);
  const hello = session.hello as NonNullable<Session['hello']>;
  const attempt = { account, mechanism, ...judgePassword(account, password) };
  const seen = { peer: session.peer, hello, attempt };
  session.wait(session.consult('auth', seen), (verdict) => {
    if (!passes(verdict)) return session.refuse('auth', verdict);
    const asked = logins.check(credentials, clock.monotonic() + options.limits.answerTimeout);
    session.wait(asked, (answer) => {
      const told = session.consult('authenticated', { ...seen, outcome: answer.kind });
      session.wait(told, (last) => {
        if (passes(last) && answer.kind === 'accepted') return finish(session, account, answer);
        if (answer.kind === 'accepted') answer.login.close();
        onStep(() => (passes(last) ? finish(session, account, answer) : session.refuse('authenticated', last)));
      });
    });
  });
}

/** Waits for the next whole multiple of `step` milliseconds since `began`, so that how long an answer took cannot be told from it. */
function untilStep(clock: Clock, step: number, began: number): Awaitable<void> {
  return step === 0 ? undefined : clock.sleep(step - ((clock.monotonic() - began) % step));
}

function finish(session: Session, account: string, answer: LoginAnswer): void {
  if (answer.kind !== 'accepted') {
    if (answer.kind === 'unknown') session.note(authUnanswered, answer.detail);
    return session.reply(answer.kind === 'unknown' ? REPLIES.authLater : REPLIES.authRefused);
  }
  session.login = answer.login;
  session.peer = { ...session.peer, inside: true, account };
  session.reply(REPLIES.authenticated);
}
