import type { Extra, RecipientAnswer, UpstreamResult, UpstreamTransaction } from '../../net/upstream-transaction.ts';
import { originalRecipient } from '../../wire/smtp/original-recipient.ts';
import { showMailbox } from '../../wire/smtp/path.ts';
import { onwardMailbox } from '../envelope/rewrite.ts';
import type { PeerName } from '../peers/peer-name.ts';
import { type EdgeReply, REPLIES } from '../reply.ts';
import type { Envelope, Recipient } from '../stage.ts';
import type { MixedAnswers } from './mixed-answers.ts';
import { type HandOn, type HandOnRequest, type NeededExtension, UNFIT, type Upstream } from './upstream.ts';

/** The connections to a server behind the edge, or to several that are as good as one, as `net` offers them. */
export interface Relay {
  readonly available: boolean;
  readonly offer: { readonly size: number | null; readonly words: ReadonlySet<string> } | null;
  handOn(transaction: UpstreamTransaction): Promise<UpstreamResult>;
  close(): void;
}

/** Which relay serves a domain of ours, in the form that goes on to it. The domain is empty for a bare `postmaster`. */
export interface RelayRoutes {
  of(domain: string): Relay;
  readonly all: readonly Relay[];
}

/** What is remembered of the name of an address; null if nobody looked. */
export type NameOf = (address: string) => PeerName | null;

/** Puts messages into the words of SMTP for relays, and makes one answer of what is said about each recipient. */
export function relayUpstream(routes: RelayRoutes, mixed: MixedAnswers, nameOf: NameOf = () => null): Upstream {
  const offers = () => routes.all.flatMap(({ offer }) => offer ?? []);
  return {
    get available() {
      return routes.all.some(({ available }) => available);
    },
    get size() {
      const sizes = offers().flatMap(({ size }) => size ?? []);
      return sizes.length === 0 ? null : Math.min(...sizes);
    },
    // EHLO comes before anybody knows which of them a message is for.
    offers: (extension) => offers().length > 0 && offers().every(({ words }) => words.has(extension)),
    consider(envelope, accepted, recipient) {
      const relay = routes.of(domainOf(recipient));
      const [first] = accepted;
      // One answer serves all recipients, so that those for whom it may be another come by themselves (RFC 5321 §4.5.3.1.10).
      const elsewhere = first !== undefined && routes.of(domainOf(first)) !== relay;
      if (elsewhere || mixed.apart(envelope.sender, accepted, recipient)) return REPLIES.tooManyRecipients;
      return objection(envelope, relay);
    },
    async handOn(request) {
      const { envelope, recipients, message } = request;
      const body = message.pieces;
      const owed = mixed.owed(envelope.sender, recipients, body);
      const [first] = owed;
      if (first === undefined) return { kind: 'accepted', detail: 'each recipient has it from an earlier try' };
      const result = await routes
        .of(domainOf(first))
        .handOn(transactionOf(request, owed, nameOf(request.peer.address)));
      if (result.kind !== 'answered') return unanswered(result);
      const answered = owed.map((recipient, at) => ({ recipient, answer: result.recipients[at] as RecipientAnswer }));
      const told = judge(result.recipients, owed.length < recipients.length);
      const took = answered.filter(({ answer }) => answer.outcome === 'accepted');
      // The peer will not hear of those that took it: others did not, or it has gone.
      if (took.length < owed.length || !request.wanted()) {
        const others = answered.filter(({ answer }) => answer.outcome === 'refused' && recipients.length > 1);
        if (took.length > 0 || others.length > 0)
          mixed.note(envelope.sender, body, took.map(toRecipient), others.map(toRecipient));
      }
      return told;
    },
    async close() {
      for (const relay of routes.all) relay.close();
    },
  };
}

const domainOf = (recipient: Recipient): string => onwardMailbox(recipient).domain;
const toRecipient = ({ recipient }: { readonly recipient: Recipient }): Recipient => recipient;

/** Why a relay cannot serve such an envelope, in our words; null if it can, as far as is known. */
function objection({ parameters }: Envelope, { available, offer }: Relay): EdgeReply | null {
  if (!available) return REPLIES.tryLater;
  if (offer === null) return null;
  if (parameters.size !== null && offer.size !== null && parameters.size > offer.size) return REPLIES.tooLarge;
  if (parameters.smtpUtf8 && !offer.words.has('SMTPUTF8')) return UNFIT.SMTPUTF8;
  if (parameters.requireTls && !offer.words.has('REQUIRETLS')) return UNFIT.REQUIRETLS;
  return null;
}

/**
 * A message as lines and bytes for the wire, with the addresses in the form that goes on (see `rewrite.ts`). The bytes are those that came,
 * dot-stuffing included: nothing is undone and done again.
 */
export function transactionOf(
  request: HandOnRequest,
  recipients: readonly Recipient[],
  name: PeerName | null = null,
): UpstreamTransaction {
  const { envelope, trace, message, peer, hello } = request;
  const sender = envelope.onward ?? envelope.sender;
  return {
    sender: `FROM:<${sender === null ? '' : showMailbox(sender)}>`,
    senderExtras: senderExtras(envelope, message.scan.eightBit),
    recipients: recipients.map((recipient) => ({
      path: `TO:<${showMailbox(onwardMailbox(recipient))}>`,
      extras: recipientExtras(recipient, !peer.inside),
    })),
    size: message.size + trace.length,
    head: trace,
    body: message.pieces,
    deadline: request.deadline,
    client: {
      address: peer.address,
      port: peer.port,
      name: name ?? { kind: 'none' },
      hello: hello.name,
      extended: hello.extended,
    },
    wanted: () => request.wanted(),
  };
}

function senderExtras({ parameters }: Envelope, eightBit: boolean): Extra[] {
  const extras: Extra[] = [];
  const add = (extension: string, text: string, needed = false) => extras.push({ extension, text, needed });
  // RFC 6152 §3: what has such bytes goes where they are taken, or nowhere; a declaration that nothing asks for may be left out.
  if (eightBit || parameters.body === '8BITMIME') add('8BITMIME', 'BODY=8BITMIME', eightBit);
  if (parameters.smtpUtf8) add('SMTPUTF8', 'SMTPUTF8', true);
  if (parameters.requireTls) add('REQUIRETLS', 'REQUIRETLS', true);
  if (parameters.ret !== null) add('DSN', `RET=${parameters.ret}`);
  if (parameters.envid !== null) add('DSN', `ENVID=${parameters.envid}`);
  return extras;
}

/**
 * `telling`: an address that goes on in another form takes the one that the peer gave along, so that a report of its delivery names that
 * (RFC 3461 §5.2.1). On the way out it does not: the form that is left behind is the inside's.
 */
function recipientExtras(recipient: Recipient, telling: boolean): Extra[] {
  const { notify, mailbox, onward } = recipient;
  const orcpt = recipient.orcpt ?? (telling && onward !== undefined ? originalRecipient(mailbox) : null);
  return [
    ...(notify === null ? [] : [{ extension: 'DSN', text: `NOTIFY=${notify}`, needed: false }]),
    ...(orcpt === null ? [] : [{ extension: 'DSN', text: `ORCPT=${orcpt}`, needed: false }]),
  ];
}

function unanswered(result: Exclude<UpstreamResult, { kind: 'answered' }>): HandOn {
  if (result.kind === 'failed') return { kind: 'unavailable', detail: result.detail };
  const detail = `the server lacks ${result.extension}`;
  if (!(result.extension in UNFIT)) return { kind: 'unavailable', detail };
  return { kind: 'unfit', lacking: result.extension as NeededExtension, detail };
}

/**
 * One answer stands for all recipients: unless each took it, or each refused it for good, the peer must keep the message. `others`: there are
 * some that had it before.
 */
function judge(answers: readonly RecipientAnswer[], others: boolean): HandOn {
  const not = answers.filter(({ outcome }) => outcome !== 'accepted');
  const refused = not.filter(({ outcome }) => outcome === 'refused');
  if (not.length === 0) return { kind: 'accepted', detail: words(answers[0]) };
  const forGood = !others && refused.length === answers.length && refused.every(({ code }) => code >= 500);
  const worst = forGood ? refused[0] : (not.find(({ code }) => code >= 400 && code < 500) ?? refused[0]);
  if (worst === undefined) return { kind: 'unavailable', detail: 'no recipients' };
  const code = forGood || (worst.code >= 400 && worst.code < 500) ? worst.code : 451;
  const mixed = answers.length === 1 ? '' : `${answers.length - not.length} of ${answers.length} took it; `;
  return { kind: 'refused', code, status: worst.status, detail: `${mixed}${words(worst)}` };
}

function words(answer: RecipientAnswer | undefined): string {
  return answer === undefined ? '' : `${answer.code} ${answer.text}`;
}
