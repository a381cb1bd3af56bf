import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const denied: EdgeRule = {
  id: 'connection/denied',
  severity: 'info',
  title: 'The peer is in a network that is not served',
  why: 'Whoever was shut out once comes back until he is shut out for good.',
  remedy: [{ platform: '*', text: 'Take the network out of the file named in lists.deny, and send SIGHUP.' }],
  references: ['RFC 5321 §7.9'],
  threat: 'attack/engine',
  action: 'hang-up',
  reply: REPLIES.notServed,
};

/** Networks that an operator does not serve: files of CIDRs, read anew at SIGHUP. */
export const connectionList: Filter = {
  name: 'connection-list',
  rules: [denied],
  prepare: ({ options }) => {
    const { denied: networks } = options.controls;
    return shared({
      connect: ({ peer }) =>
        !peer.exempt && networks.has(peer.address) ? { rule: denied, because: `${peer.address} is listed` } : undefined,
    });
  },
};
