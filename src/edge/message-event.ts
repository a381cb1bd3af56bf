import { showMailbox } from '../wire/smtp/path.ts';
import type { EdgeEvent } from './event.ts';
import type { EdgeMessage } from './message.ts';
import type { Verdict } from './policy.ts';
import type { Envelope, Recipient } from './stage.ts';

/** The event of a message that was judged: what is the same whether it was handed on or not. */
export function messageEvent(
  told: {
    readonly session: string;
    readonly id: string;
    readonly envelope: Envelope;
    readonly recipients: readonly Recipient[];
    readonly message: EdgeMessage;
    readonly verdict: Verdict;
  },
  code: number,
  took: number,
): Extract<EdgeEvent, { kind: 'message' }> {
  const { envelope, verdict, message } = told;
  return {
    kind: 'message',
    session: told.session,
    id: told.id,
    sender: envelope.sender === null ? '' : showMailbox(envelope.sender),
    recipients: told.recipients,
    size: message.scan.size,
    verdict: verdict.kind,
    code,
    because: verdict.because.map((hit) => hit.rule.id),
    took,
  };
}
