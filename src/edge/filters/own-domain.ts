import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const ownSender: EdgeRule = {
  id: 'sender/own-domain',
  severity: 'medium',
  title: 'A stranger sends in the name of one of our own domains',
  why: 'Mail that seems to come from a colleague is believed: it is the oldest trick of those who want passwords and payments.',
  remedy: [
    {
      platform: '*',
      text: 'Name your own servers in exempt. If nobody outside sends for your domains, set this rule to refuse.',
    },
  ],
  references: ['RFC 5321 §7.1', 'RFC 7489 §10'],
  threat: 'attack/phishing',
  action: 'score',
  score: 3,
  reply: REPLIES.refusedSender,
};

/** Our own domains as senders, from outside. Some services send so with leave, so it counts and does not decide. */
export const ownDomain: Filter = {
  name: 'own-domain',
  rules: [ownSender],
  prepare: ({ options: { domains } }) =>
    shared({
      mail: ({ peer, envelope }) =>
        envelope.sender !== null && !peer.exempt && !peer.inside && domains.has(envelope.sender.domain)
          ? { rule: ownSender, because: envelope.sender.domain }
          : undefined,
    }),
};
