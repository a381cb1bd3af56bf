import type { EdgeEvent } from '../../edge/event.ts';
import type { MessageCounts } from './status.ts';

/** Counts messages by what was answered. */
export interface MessageTally {
  readonly messages: MessageCounts;
  listen(event: EdgeEvent): void;
}

export function createCounts(): MessageTally {
  const messages = { accepted: 0, putOff: 0, refused: 0 };
  return {
    messages,
    listen(event) {
      if (event.kind === 'message') messages[outcomeOf(event.code)]++;
    },
  };
}

export function outcomeOf(code: number): keyof MessageCounts {
  if (code < 400) return 'accepted';
  return code < 500 ? 'putOff' : 'refused';
}
