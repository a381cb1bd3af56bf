import { isXtext } from '../../wire/smtp/xtext.ts';
import type { EdgeCommand } from '../command.ts';
import { withoutTag } from '../envelope/bounce-tags.ts';
import { recipientRewrites, withOnwardRecipient } from '../envelope/rewrite.ts';
import { shownAddress } from '../event.ts';
import { otherPolicy, tooManyRecipients } from '../filters/hard-limits.ts';
import { foreignRecipient } from '../filters/no-relay.ts';
import { badAddress, badSequence, eightBit, unknownParameter } from '../filters/strict-protocol.ts';
import { passes } from '../policy.ts';
import { REPLIES } from '../reply.ts';
import type { Session } from '../session.ts';
import { inOurWords, parameterMap, readAddress } from './address.ts';

/** RFC 5321 §4.1.1.3. */
export const rcpt: EdgeCommand<Session> = {
  word: 'RCPT',
  beforeTls: false,
  endsPipeline: false,
  proceed(session, argument) {
    const { setting } = session;
    const { options } = setting;
    const { peer } = session;
    if (session.envelope === null || session.hello === null || session.chunks !== null)
      return void session.fault(badSequence, 'RCPT');
    const path = readAddress(argument, 'TO:');
    // A null recipient, a bare name other than postmaster, a source route or another server's routing sign leads nowhere good.
    if (path === null || path.mailbox === null) return void session.fault(badAddress, argument.slice(0, 200));
    if (path.eightBit && !session.envelope.parameters.smtpUtf8) return void session.fault(eightBit, 'in RCPT');
    const parameters = readParameters(path.parameters, options.extensions.dsn);
    if (parameters === null) return void session.fault(unknownParameter, argument.slice(0, 200));
    if (session.recipients.length >= options.limits.recipients)
      return void session.fault(tooManyRecipients, `${session.recipients.length} so far`);
    const given = { mailbox: inOurWords(path.mailbox, options.domains), ...parameters };
    const addressed = withoutTag(given, options.controls.bounceTags, setting.clock.now());
    const recipient = withOnwardRecipient(addressed, recipientRewrites(session, addressed.mailbox), peer.inside);
    if (!peer.inside && recipient.mailbox.domain !== '' && !options.domains.has(recipient.mailbox.domain)) {
      return void session.fault(foreignRecipient, shownAddress(recipient.mailbox));
    }
    const policy = setting.policies.of(recipient.mailbox, peer.inside ? 'out' : 'in');
    if (session.policy !== null && session.policy !== policy)
      return void session.fault(otherPolicy, recipient.mailbox.domain);
    const objection = session.upstream.consider?.(session.envelope, session.recipients, recipient) ?? null;
    if (objection !== null) return session.reply(objection);
    const seen = {
      peer,
      hello: session.hello,
      envelope: session.envelope,
      recipient,
      accepted: session.recipients,
      faults: session.faults,
      score: policy.judge(session.allHits, REPLIES.refusedMessage).score,
    };
    session.wait(session.consult('rcpt', seen, policy), (verdict) => {
      if (!passes(verdict)) return session.refuse('rcpt', verdict);
      session.hits = verdict.because.filter((hit) => !session.sessionHits.includes(hit));
      session.policy = policy;
      session.recipients.push(recipient);
      session.reply(REPLIES.recipientOk);
    });
  },
};

/** RFC 3461 §4.1 and §4.2: kept as given and passed on. */
function readParameters(
  given: readonly string[],
  dsn: boolean,
): { notify: string | null; orcpt: string | null } | null {
  const known = parameterMap(given);
  if (known === null) return null;
  let notify: string | null = null;
  let orcpt: string | null = null;
  for (const [name, value] of known) {
    if (!dsn || value === null) return null;
    if (name === 'NOTIFY' && /^(?:NEVER|(?:SUCCESS|FAILURE|DELAY)(?:,(?:SUCCESS|FAILURE|DELAY)){0,2})$/i.test(value))
      notify = value.toUpperCase();
    else if (name === 'ORCPT' && isOriginalRecipient(value)) orcpt = value;
    else return null;
  }
  return { notify, orcpt };
}

/** `rfc822;` and an address in xtext, of at most 500 characters (RFC 3461 §4.2). */
function isOriginalRecipient(value: string): boolean {
  const semicolon = value.indexOf(';');
  return (
    semicolon > 0 &&
    value.length <= 500 &&
    /^[A-Za-z0-9-]{1,20}$/.test(value.slice(0, semicolon)) &&
    isXtext(value.slice(semicolon + 1))
  );
}
