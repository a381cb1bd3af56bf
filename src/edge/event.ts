import { type Mailbox, showMailbox } from '../wire/smtp/path.ts';
import type { Action, EdgeRule, Hit } from './rule.ts';
import type { Envelope, Recipient, Stage } from './stage.ts';

/** Whose mail it is about, as far as that is known: so that a refusal can be found by its addresses. */
interface Whom {
  readonly sender?: string;
  readonly recipient?: string;
  readonly recipients?: readonly string[];
}

/** Something that happened in a session. Events never decide anything: logs, metrics and the store listen. */
export type EdgeEvent =
  | { readonly kind: 'connected'; readonly session: string; readonly peer: string }
  | ({ readonly kind: 'hit'; readonly session: string; readonly stage: Stage; readonly hit: Hit } & Whom)
  | ({
      readonly kind: 'refused';
      readonly session: string;
      readonly stage: Stage;
      readonly code: number;
      readonly rule: string | null;
    } & Whom)
  | ({
      readonly kind: 'fault';
      readonly session: string;
      readonly rule: EdgeRule;
      readonly because: string;
      readonly action: Action;
    } & Whom)
  | {
      readonly kind: 'message';
      readonly session: string;
      readonly id: string;
      readonly peer: string;
      readonly hello: string;
      /** The protocol version; null in the clear. */
      readonly tls: string | null;
      readonly sender: string;
      readonly recipients: readonly string[];
      /** The addresses as they went on, all of a kind of which one did in another form. */
      readonly onward?: { readonly sender?: string; readonly recipients?: readonly string[] };
      /** The field as it came; null if there is none. */
      readonly messageId: string | null;
      readonly size: number;
      readonly verdict: string;
      readonly code: number;
      readonly because: readonly string[];
      readonly took: number;
      /** What the upstream said, for the log alone. */
      readonly upstream?: string;
    }
  | { readonly kind: 'closed'; readonly session: string; readonly how: string; readonly messages: number };

export type EdgeListener = (event: EdgeEvent) => void;

/** The first bytes of what a peer sent, as an event may hold them. */
export const quoted = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', 0, 60));

/** An address as a person reads it: what the wire had as UTF-8 (RFC 6531) is text again. The null sender is empty. */
export function shownAddress(mailbox: Mailbox | null): string {
  const text = mailbox === null ? '' : showMailbox(mailbox);
  return /[\u0080-\u00ff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}

/** Whom a stage, or a session as it stands, is about. */
export function whom(seen: {
  readonly peer?: unknown;
  readonly envelope?: Envelope | null;
  readonly recipient?: Recipient;
  readonly recipients?: readonly Recipient[];
}): Whom {
  const { envelope, recipient, recipients = [] } = seen;
  return {
    ...(envelope ? { sender: shownAddress(envelope.sender) } : {}),
    ...(recipient === undefined ? {} : { recipient: shownAddress(recipient.mailbox) }),
    ...(recipients.length === 0 ? {} : { recipients: recipients.map(({ mailbox }) => shownAddress(mailbox)) }),
  };
}
