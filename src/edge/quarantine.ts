import { shownAddress } from './event.ts';
import type { Passed } from './policy.ts';
import type { EdgeReply } from './reply.ts';
import { REPLIES } from './reply.ts';
import type { EnvelopeParameters, Recipient, Stages } from './stage.ts';

/** What is kept beside a message: enough to know why it was kept, and to send it on as it came. */
export interface QuarantineNote {
  readonly schema: 'mailward/quarantined/1';
  readonly id: string;
  /** The session it came in, by which the log tells of it. */
  readonly session: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `out`: it came from the inside. */
  readonly direction: 'in' | 'out';
  readonly peer: string;
  readonly port: number;
  readonly hello: string;
  /** The greeting was EHLO, not HELO. */
  readonly extended: boolean;
  /** Empty for the null sender. */
  readonly sender: string;
  /** Those that have no copy yet: who was given one by a release is struck off. */
  readonly recipients: readonly string[];
  /** The sender as the server behind the edge hears him, where that is another form; else null. */
  readonly onwardSender: string | null;
  /** What came with MAIL. */
  readonly parameters: EnvelopeParameters;
  /** What came with RCPT, and the form of the recipient that the server hears, where that is another; in the order of `recipients`. */
  readonly deliveries: readonly QuarantinedDelivery[];
  /** Bytes of our own trace field, with which the file of the message begins. */
  readonly traceSize: number;
  readonly score: number;
  readonly hits: readonly { readonly rule: string; readonly because: string }[];
  /** What the sender was told: `refuse` that it was not taken, `accept` that it was. */
  readonly answer: 'refuse' | 'accept';
}

export interface QuarantinedDelivery extends Pick<Recipient, 'notify' | 'orcpt'> {
  readonly onward: string | null;
}

/** Where messages are kept that should not be delivered and not be lost. */
export interface Quarantine {
  readonly answer: 'refuse' | 'accept';
  /** Resolves when the message is safe on disk, or with `full` if the folder or the disk has no room or fails: never rejects. */
  keep(note: QuarantineNote, message: readonly Uint8Array[]): Promise<'kept' | 'full'>;
}

/** What is to be known of a message that is kept back. */
export function quarantineNote(
  { peer, hello, envelope, recipients }: Stages['message'],
  verdict: Passed,
  told: Pick<QuarantineNote, 'id' | 'session' | 'at' | 'traceSize' | 'answer'>,
): QuarantineNote {
  const { id, session, at, traceSize, answer } = told;
  return {
    schema: 'mailward/quarantined/1',
    id,
    session,
    at,
    direction: peer.inside ? 'out' : 'in',
    peer: peer.address,
    port: peer.port,
    hello: hello.name,
    extended: hello.extended,
    sender: shownAddress(envelope.sender),
    recipients: recipients.map(({ mailbox }) => shownAddress(mailbox)),
    onwardSender: envelope.onward === undefined ? null : shownAddress(envelope.onward),
    parameters: envelope.parameters,
    deliveries: recipients.map(({ notify, orcpt, onward }) => ({
      notify,
      orcpt,
      onward: onward === undefined ? null : shownAddress(onward),
    })),
    traceSize,
    score: verdict.score,
    hits: verdict.because.map(({ rule, because }) => ({ rule: rule.id, because })),
    answer,
  };
}

/** What the sender hears: nothing is taken that is not kept. */
export function quarantineReply(kept: 'kept' | 'full', answer: Quarantine['answer']): EdgeReply {
  if (kept === 'full') return REPLIES.tryLater;
  return answer === 'accept' ? REPLIES.accepted : REPLIES.refusedMessage;
}
