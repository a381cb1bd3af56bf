import type { EdgeMessage } from '../message/message.ts';
import { type EdgeReply, REPLIES } from '../reply.ts';
import type { Envelope, Hello, Peer, Recipient } from '../stage.ts';

/** Extensions that a message may be unable to do without. */
export type NeededExtension = '8BITMIME' | 'SMTPUTF8' | 'REQUIRETLS';

/** What the server behind the edge made of a message, or of a recipient. Its words stay here: the log has them, the peer never. */
export type HandOn =
  | { readonly kind: 'accepted'; readonly detail: string }
  /** Refused for good (5yz) or for now (4yz), with the upstream's own status where it gave one. */
  | { readonly kind: 'refused'; readonly code: number; readonly status: string | null; readonly detail: string }
  /** The server cannot take such a message, and we do not change it into one that it can. */
  | { readonly kind: 'unfit'; readonly lacking: NeededExtension; readonly detail: string }
  /** Not reached, or no answer in time: nothing is known of the message, so the peer keeps it. */
  | { readonly kind: 'unavailable'; readonly detail: string };

export interface HandOnRequest {
  readonly envelope: Envelope;
  readonly recipients: readonly [Recipient, ...Recipient[]];
  /** Whom it comes from, for a server that wants to know. */
  readonly peer: Peer;
  readonly hello: Hello;
  /** Our trace header, CRLF included, which goes in front. */
  readonly trace: string;
  readonly message: EdgeMessage;
  /** Milliseconds, monotonic: when the answer must be there. */
  readonly deadline: number;
  /** False once the peer has gone: it will come again, so what was not sent yet had better not be. */
  wanted(): boolean;
}

/** The server (or servers) behind the edge. */
export interface Upstream {
  /** Hands one message on. Resolves only when the upstream has answered, or surely will not; never rejects. */
  handOn(request: HandOnRequest): Promise<HandOn>;
  /**
   * Our answer to a recipient that cannot be served in this transaction, as far as that is known before the message is there; null if it can.
   * Absent where every recipient can.
   */
  consider?(envelope: Envelope, accepted: readonly Recipient[], recipient: Recipient): EdgeReply | null;
  /** False while it is known to be down, so that MAIL can be deferred at once. */
  readonly available: boolean;
  /** Bytes of the largest message it takes; null if it has not said. */
  readonly size: number | null;
  /** True if it offers the ESMTP extension, as far as is known: what it has not, we cannot offer either. */
  offers(extension: 'DSN' | 'SMTPUTF8' | 'REQUIRETLS'): boolean;
  close(): Promise<void>;
}

/** Our words for what the upstream said. */
export function answerTo(result: HandOn): EdgeReply {
  if (result.kind === 'accepted') return REPLIES.accepted;
  if (result.kind === 'unavailable') return REPLIES.tryLater;
  if (result.kind === 'unfit') return UNFIT[result.lacking];
  if (result.code >= 500) return { ...REPLIES.refusedMessage, code: result.code };
  // 421 would say that we hang up, and we do not (RFC 5321 §3.8).
  return { ...REPLIES.tryLater, code: result.code === 421 ? 451 : result.code };
}

/** Our words for an extension that the way inside has not: RFC 6152 §3, RFC 6531 §3.5, RFC 8689 §4.2.1. */
export const UNFIT: Readonly<Record<NeededExtension, EdgeReply>> = {
  '8BITMIME': REPLIES.noEightBit,
  SMTPUTF8: REPLIES.noUtf8,
  REQUIRETLS: REPLIES.noRequireTls,
};
