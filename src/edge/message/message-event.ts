import { onwardMailbox } from '../envelope/rewrite.ts';
import { type EdgeEvent, shownAddress } from '../event.ts';
import type { Verdict } from '../policy.ts';
import type { Stages } from '../stage.ts';
import type { EdgeMessage } from './message.ts';

/** Characters of a Message-ID that are kept; RFC 5322 §2.1.1 allows a line no more. */
const ID_MOST = 998;

type MessageEvent = Extract<EdgeEvent, { kind: 'message' }>;

/** What is to be said of a message that was judged, whatever becomes of it: written down before its bytes are let go. */
export function messageEvent(
  session: string,
  id: string,
  seen: Stages['message'],
  verdict: Verdict,
): Omit<MessageEvent, 'code' | 'took'> {
  const { envelope, message, hello } = seen;
  return {
    kind: 'message',
    session,
    id,
    peer: seen.peer.address,
    hello: hello.name,
    tls: hello.tls?.protocol ?? null,
    sender: shownAddress(envelope.sender),
    recipients: seen.recipients.map(({ mailbox }) => shownAddress(mailbox)),
    ...onwardOf(seen),
    messageId: messageIdOf(message),
    size: message.scan.size,
    verdict: verdict.kind,
    because: verdict.because.map((hit) => hit.rule.id),
  };
}

function onwardOf({ envelope, recipients }: Stages['message']): Pick<MessageEvent, 'onward'> {
  const sender = envelope.onward;
  const moved = recipients.some(({ onward }) => onward !== undefined);
  if (sender === undefined && !moved) return {};
  return {
    onward: {
      ...(sender === undefined ? {} : { sender: shownAddress(sender) }),
      ...(moved ? { recipients: recipients.map((recipient) => shownAddress(onwardMailbox(recipient))) } : {}),
    },
  };
}

function messageIdOf({ header }: EdgeMessage): string | null {
  const field = header.fields.find(({ name }) => name === 'message-id');
  return field === undefined ? null : header.value(field).slice(0, ID_MOST);
}
