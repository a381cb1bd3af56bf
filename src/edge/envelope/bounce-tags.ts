import { canCarryTag, makeBounceTag, readBounceTag, worthOfTag } from '../../wire/address/bounce-tag.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import type { BounceTagControls } from '../controls.ts';
import type { EdgeOptions } from '../options.ts';
import type { Envelope, Recipient } from '../stage.ts';
import { onwardMailbox } from './rewrite.ts';

const DAY = 86_400_000;
const dayOf = (now: number): number => Math.floor(now / DAY);

/**
 * A recipient by the address that exists, and what the tag is worth that was before it. A tag that is worth nothing goes, too: it tells whom a
 * letter is for, and only bounces have to prove anything by it.
 */
export function withoutTag(recipient: Recipient, controls: BounceTagControls | null, now: number): Recipient {
  const { mailbox } = recipient;
  if (controls === null || !controls.domains.has(mailbox.domain)) return recipient;
  const tag = readBounceTag(mailbox.local);
  if (tag === null) return recipient;
  const worth = worthOfTag(tag, mailbox.domain, controls.keys, dayOf(now));
  return { ...recipient, mailbox: { local: tag.local, domain: mailbox.domain }, tag: worth };
}

/**
 * The envelope of a message that leaves for the outside, with a tag in its sender's address where that is ours. Comes after all rewriting. A
 * message that stays inside, or goes where senders are compared, keeps the sender it has.
 */
export function withTag(
  envelope: Envelope,
  recipients: readonly Recipient[],
  { controls: { bounceTags }, domains }: Pick<EdgeOptions, 'controls' | 'domains'>,
  now: number,
): Envelope {
  const sender = envelope.onward ?? envelope.sender;
  if (bounceTags === null || sender === null || !bounceTags.domains.has(sender.domain)) return envelope;
  if (goesPlain(recipients, bounceTags)) return envelope;
  if (recipients.every((recipient) => staysInside(recipient, domains))) return envelope;
  const local = makeBounceTag(sender.local, sender.domain, bounceTags.keys, dayOf(now));
  return local === null ? envelope : { ...envelope, onward: { local, domain: sender.domain } };
}

/** True for a recipient of ours, by the name that the outside has for him or by that of the inside. */
function staysInside(recipient: Recipient, domains: ReadonlySet<string>): boolean {
  const { domain } = recipient.mailbox;
  return domain === '' || domains.has(domain) || domains.has(onwardMailbox(recipient).domain);
}

/** True if a recipient's domain wants to see senders as they are. A message has one sender, so that its other recipients see it, too. */
function goesPlain(recipients: readonly Recipient[], { plainTo }: BounceTagControls): boolean {
  return plainTo.size > 0 && recipients.some((recipient) => plainTo.has(onwardMailbox(recipient).domain));
}

/** The sender, as the outside knows it, of a message that left without a tag for the sake of a recipient; null if it is not so. */
export function plainSender(
  envelope: Envelope,
  recipients: readonly Recipient[],
  controls: BounceTagControls,
): Mailbox | null {
  const sender = envelope.onward ?? envelope.sender;
  if (sender === null || !controls.domains.has(sender.domain)) return null;
  return goesPlain(recipients, controls) ? sender : null;
}

/**
 * True if a bounce to this recipient must have a valid tag and has none. Not so for addresses that leave without one, as there is no room for it:
 * their bounces could not have any.
 */
export function lacksTag({ mailbox, tag }: Recipient, { domains, letIn }: BounceTagControls): boolean {
  if (tag === 'valid' || !domains.has(mailbox.domain)) return false;
  if (letIn.has(mailbox.local.toLowerCase()) || letIn.has(showMailbox(mailbox).toLowerCase())) return false;
  return tag !== undefined || canCarryTag(mailbox.local);
}
