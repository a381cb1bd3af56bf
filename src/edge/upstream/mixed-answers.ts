import { createHash } from 'node:crypto';
import type { Clock } from '../../net/clock.ts';
import type { Counters } from '../../store/counters.ts';
import { type Mailbox, showMailbox } from '../../wire/smtp/path.ts';
import type { Recipient } from '../stage.ts';

/** How long what became of a message is remembered: for as long as senders try (RFC 5321 §4.5.4.1). Milliseconds. */
const MEMORY = 5 * 86_400_000;

/**
 * Remembers messages of which some recipients have their copy and the peer was not told so: it keeps the message and comes again. Then who has
 * it gets no second copy, and those that the server answered otherwise come in a transaction of their own, so that each gets the answer that
 * is its own. What is forgotten, as after a crash, costs a double and loses nothing.
 */
export interface MixedAnswers {
  /** True if a recipient must not share a transaction with those accepted before it. */
  apart(sender: Mailbox | null, accepted: readonly Recipient[], recipient: Recipient): boolean;
  /** The recipients that have no copy yet. `body` is the message as it goes on, without the trace header, which is new each time. */
  owed(sender: Mailbox | null, recipients: readonly Recipient[], body: readonly Uint8Array[]): readonly Recipient[];
  /** `has` took the message though the peer hears that it must come again; `other` were answered otherwise than those. */
  note(
    sender: Mailbox | null,
    body: readonly Uint8Array[],
    has: readonly Recipient[],
    other: readonly Recipient[],
  ): void;
}

/** Keeps the memory in counters, which all processes share. */
export function mixedAnswers(counters: Counters, clock: Clock): MixedAnswers {
  const key = (what: string, sender: Mailbox | null, rest: string) =>
    `mixed-${what}:${sender === null ? '' : showMailbox(sender)}>${rest}`;
  const isSet = (name: string) => counters.get(name, clock.now()) !== undefined;
  const set = (name: string) => counters.set(name, '', clock.now() + MEMORY);
  const addressed = ({ mailbox }: Recipient) => showMailbox(mailbox);
  return {
    apart(sender, accepted, recipient) {
      // One look for nearly every sender: nothing is kept for him.
      if (accepted.length === 0 || !isSet(key('from', sender, ''))) return false;
      return [...accepted, recipient].some((one) => isSet(key('apart', sender, addressed(one))));
    },
    owed(sender, recipients, body) {
      if (!isSet(key('from', sender, ''))) return recipients;
      const digest = digestOf(body);
      return recipients.filter((recipient) => !isSet(key('has', sender, `${addressed(recipient)} ${digest}`)));
    },
    note(sender, body, has, other) {
      set(key('from', sender, ''));
      const digest = has.length === 0 ? '' : digestOf(body);
      for (const recipient of has) set(key('has', sender, `${addressed(recipient)} ${digest}`));
      for (const recipient of other) set(key('apart', sender, addressed(recipient)));
    },
  };
}

function digestOf(body: readonly Uint8Array[]): string {
  const hash = createHash('sha256');
  for (const piece of body) hash.update(piece);
  return hash.digest('base64url');
}
