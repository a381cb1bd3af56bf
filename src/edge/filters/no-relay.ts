import type { Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const foreignRecipient: EdgeRule = {
  id: 'relay/foreign-recipient',
  severity: 'low',
  title: 'A stranger wants mail sent on to a domain that is not ours',
  why: 'A server that does it sends everybody’s spam and is on every list within a day.',
  remedy: [
    {
      platform: '*',
      text: 'If the domain is yours, add it to domains. If the peer is one of your servers, name its network in inside.',
    },
  ],
  references: ['RFC 5321 §3.6.2', 'RFC 2505 §2.1'],
  threat: 'attack/engine',
  action: 'refuse',
  fixed: true,
  reply: REPLIES.notHere,
};

/** Mail of strangers is taken for our own domains alone. RCPT asks for it; routes inside addresses are no addresses at all (`protocol/address`). */
export const noRelay: Filter = {
  name: 'no-relay',
  rules: [foreignRecipient],
  prepare: () => null,
};
