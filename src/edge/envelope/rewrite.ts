import { originalRecipient, readOriginalRecipient } from '../../wire/smtp/original-recipient.ts';
import type { Mailbox } from '../../wire/smtp/path.ts';
import type { EdgeTools } from '../filter.ts';
import type { Envelope, Recipient } from '../stage.ts';

/**
 * What one rewrite makes of the addresses of an envelope, in one direction. Pure but for the clock it was given, without fault, and fast: it is
 * asked at MAIL and at RCPT. An address that is none of its business comes back as the same object; a domain stays lower case.
 */
export interface AddressChange {
  /** Never asked about the null sender, which stays what it is (RFC 5321 §4.5.5). */
  sender?(mailbox: Mailbox): Mailbox;
  recipient?(mailbox: Mailbox): Mailbox;
}

/**
 * Gives the addresses of an envelope another form for the server that the message goes on to. The peer's form stays what filters, policy, the
 * memory of mixed answers and the quarantine go by; what the upstream hears, what it (or a directory) is asked about, and what picks its route
 * is the other one. The bytes of a message are a scrub's business.
 */
export interface Rewrite {
  readonly name: string;
  /** Called once for a configuration. Null: switched off. */
  prepare(tools: EdgeTools): {
    /** Mail of the inside, on its way out. */
    readonly outbound?: AddressChange;
    /** Mail of strangers, on its way in. */
    readonly inbound?: AddressChange;
  } | null;
}

/** The changes of each direction, in the order they are done. */
export interface Rewrites {
  readonly outbound: readonly AddressChange[];
  readonly inbound: readonly AddressChange[];
}

export const NO_REWRITES: Rewrites = { outbound: [], inbound: [] };

/** The list is from the inside to the outside: mail that goes out meets it in order, mail that comes in from its end. */
export function prepareRewrites(list: readonly Rewrite[], tools: EdgeTools): Rewrites {
  const prepared = list.map((rewrite) => rewrite.prepare(tools)).filter((one) => one !== null);
  return {
    outbound: prepared.flatMap(({ outbound }) => outbound ?? []),
    inbound: prepared.flatMap(({ inbound }) => inbound ?? []).reverse(),
  };
}

/** The changes for the messages of a session. */
export function rewritesOf(
  session: Parameters<typeof leavesHere>[0] & { readonly setting: { readonly rewrites: Rewrites } },
): readonly AddressChange[] {
  const { rewrites } = session.setting;
  if (!session.peer.inside) return rewrites.inbound;
  return leavesHere(session) ? rewrites.outbound : [];
}

/**
 * The changes for a recipient. One of ours that a server of the inside writes to comes in, where there is no other way out than to the server
 * behind the edge: it would not know the name that the outside has for him.
 */
export function recipientRewrites(
  session: Parameters<typeof rewritesOf>[0] & {
    readonly setting: { readonly options: { readonly domains: ReadonlySet<string> } };
  },
  { domain }: Mailbox,
): readonly AddressChange[] {
  const { rewrites, outbound, options } = session.setting;
  const comesIn = leavesHere(session) && outbound === null && options.domains.has(domain);
  return comesIn ? rewrites.inbound : rewritesOf(session);
}

/**
 * True for mail of the inside that goes out from here. What goes on over the login of who wrote it has not left yet: the server that took the
 * login knows him by the name he gave, and sends it out itself.
 */
export function leavesHere(session: {
  readonly peer: { readonly inside: boolean };
  readonly login: unknown;
  readonly setting: { readonly outbound: unknown };
}): boolean {
  return session.peer.inside && (session.login === null || session.setting.outbound !== null);
}

/** The envelope with the form of its sender that goes on. */
export function withOnwardSender(envelope: Envelope, changes: readonly AddressChange[]): Envelope {
  const { sender } = envelope;
  if (sender === null) return envelope;
  let onward = sender;
  for (const change of changes) onward = change.sender?.(onward) ?? onward;
  return onward === sender ? envelope : { ...envelope, onward };
}

/**
 * The recipient with the form that goes on, and every form between. `leaves`: an ORCPT goes on in its new form, too, where the old one would tell
 * of the inside; it still means the mailbox that RFC 3461 §5.2.1 wants it to mean.
 */
export function withOnwardRecipient(
  recipient: Recipient,
  changes: readonly AddressChange[],
  leaves = false,
): Recipient {
  const forms = formsOf(recipient.mailbox, changes);
  const onward = forms.at(-1);
  const moved = onward === undefined ? recipient : { ...recipient, onward, forms };
  const original = leaves && recipient.orcpt !== null ? readOriginalRecipient(recipient.orcpt) : null;
  const known = original === null ? undefined : formsOf(original, changes).at(-1);
  return known === undefined ? moved : { ...moved, orcpt: originalRecipient(known) };
}

function formsOf(mailbox: Mailbox, changes: readonly AddressChange[]): Mailbox[] {
  const forms: Mailbox[] = [];
  let at = mailbox;
  for (const change of changes) {
    const next = change.recipient?.(at) ?? at;
    if (next !== at) forms.push(next);
    at = next;
  }
  return forms;
}

/** The address of a recipient as the upstream hears it. */
export function onwardMailbox({ mailbox, onward }: Recipient): Mailbox {
  return onward ?? mailbox;
}
