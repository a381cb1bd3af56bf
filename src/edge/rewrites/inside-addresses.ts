import { isEmpty, mapMailbox } from '../envelope/address-map.ts';
import type { Rewrite } from '../envelope/rewrite.ts';

/**
 * Addresses of the inside go out as those that the outside knows, senders and recipients, and recipients come in as those that the inside
 * knows. Senders of mail that comes in are the outside's business.
 */
export const insideAddresses: Rewrite = {
  name: 'inside-addresses',
  prepare({ options: { rewrite } }) {
    const { outbound, inbound } = rewrite;
    if (isEmpty(outbound) && isEmpty(inbound)) return null;
    return {
      outbound: {
        sender: (mailbox) => mapMailbox(outbound, mailbox),
        recipient: (mailbox) => mapMailbox(outbound, mailbox),
      },
      inbound: { recipient: (mailbox) => mapMailbox(inbound, mailbox) },
    };
  },
};
