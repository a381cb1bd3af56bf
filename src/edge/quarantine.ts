import type { EdgeReply } from './reply.ts';
import { REPLIES } from './reply.ts';

/** What is kept beside a message: enough to know why it was kept, and to send it on as it came. */
export interface QuarantineNote {
  readonly schema: 'mailward/quarantined/1';
  readonly id: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly peer: string;
  readonly hello: string;
  /** Empty for the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly score: number;
  readonly hits: readonly { readonly rule: string; readonly because: string }[];
  /** What the sender was told: `refuse` that it was not taken, `accept` that it was. */
  readonly answer: 'refuse' | 'accept';
}

/** Where messages are kept that should not be delivered and not be lost. */
export interface Quarantine {
  readonly answer: 'refuse' | 'accept';
  /** Resolves when the message is safe on disk, or with `full` if there is no room; rejects if the disk fails. */
  keep(note: QuarantineNote, message: readonly Uint8Array[]): Promise<'kept' | 'full'>;
}

/** What the sender hears: nothing is taken that is not kept. */
export function quarantineReply(kept: 'kept' | 'full', answer: Quarantine['answer']): EdgeReply {
  if (kept === 'full') return REPLIES.tryLater;
  return answer === 'accept' ? REPLIES.accepted : REPLIES.refusedMessage;
}
