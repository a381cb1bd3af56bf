import { showMailbox } from '../../wire/smtp/path.ts';
import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const sprung: EdgeRule = {
  id: 'recipient/trap',
  severity: 'high',
  title: 'A stranger writes to an address that belongs to nobody and is known to nobody honest',
  why: 'Such addresses are found by those who collect addresses from pages and lists, and sold on to those who send to all of them.',
  remedy: [{ platform: '*', text: 'Take the address out of the file named in recipients.traps, if it is somebody’s.' }],
  references: ['RFC 5321 §7.9'],
  threat: 'attack/phishing',
  action: 'refuse',
  // The words for an unknown recipient: nobody finds a trap by its answer.
  reply: REPLIES.unknownRecipient,
};

/** Addresses that are there only to be found by collectors. Who writes to one has shown what he is, and reputation remembers it. */
export const trap: Filter = {
  name: 'trap',
  rules: [sprung],
  prepare({ options }) {
    const { traps } = options.controls.recipients;
    if (traps.size === 0) return null;
    return shared({
      rcpt({ peer, recipient }) {
        const address = showMailbox(recipient.mailbox);
        return !peer.inside && traps.has(address.toLowerCase()) ? { rule: sprung, because: address } : undefined;
      },
    });
  },
};
