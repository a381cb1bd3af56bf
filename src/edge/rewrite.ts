import type { Mailbox } from '../wire/smtp/path.ts';
import { showMailbox } from '../wire/smtp/path.ts';
import type { EdgeTools } from './filter.ts';
import type { Envelope, Recipient } from './stage.ts';

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

/** The recipient with the form that goes on, and every form between. */
export function withOnwardRecipient(recipient: Recipient, changes: readonly AddressChange[]): Recipient {
  const forms: Mailbox[] = [];
  let onward = recipient.mailbox;
  for (const change of changes) {
    const next = change.recipient?.(onward) ?? onward;
    if (next !== onward) forms.push(next);
    onward = next;
  }
  return forms.length === 0 ? recipient : { ...recipient, onward, forms };
}

/** The address of a recipient as the upstream hears it. */
export function onwardMailbox({ mailbox, onward }: Recipient): Mailbox {
  return onward ?? mailbox;
}

/**
 * An address as the value of ORCPT: xtext of RFC 3461 §4.2, or, with bytes above 127, the form of RFC 6533 §3 that needs no SMTPUTF8. One
 * character of the address is one byte of the wire.
 */
export function originalRecipient(mailbox: Mailbox): string {
  const text = showMailbox(mailbox);
  if (!/[\x80-\xff]/.test(text))
    return `rfc822;${text.replace(/[^!-*,-<>-~]/g, (char) => `+${hex(char.charCodeAt(0)).padStart(2, '0')}`)}`;
  const points = Buffer.from(text, 'latin1').toString('utf8');
  return `utf-8;${points.replace(/[^!-*,-<>-[\]-~]/gu, (char) => `\\x{${hex(char.codePointAt(0) as number)}}`)}`;
}

function hex(value: number): string {
  return value.toString(16).toUpperCase();
}
