import { type Reply, replyText } from '../wire/smtp/reply.ts';
import type { RecipientAnswer } from './upstream-transaction.ts';

/** The answer a reply gives about a recipient, when it is its own and the message was not held back for others. */
export function answerOf(reply: Reply): RecipientAnswer {
  if (reply.code < 300) return told('accepted', reply, reply.code);
  // A reply that is neither yes nor no is no yes.
  return told('refused', reply, reply.code >= 400 ? reply.code : 451);
}

export function withheld(reply: Reply): RecipientAnswer {
  return told('withheld', reply, reply.code);
}

/** For a recipient whose reply never came. */
export function unanswered(detail: string): RecipientAnswer {
  return { outcome: 'unknown', code: 451, status: null, text: detail };
}

function told(outcome: RecipientAnswer['outcome'], reply: Reply, code: number): RecipientAnswer {
  return { outcome, code, status: reply.status, text: replyText(reply) };
}
