import type { Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const bounceToMany: EdgeRule = {
  id: 'null-sender/many-recipients',
  severity: 'low',
  title: 'A bounce wants more than one recipient',
  why: 'A bounce answers one sender. With many recipients it is a mailing that nobody can send back.',
  remedy: [{ platform: '*', text: 'Nothing: an honest server sends each bounce to one address.' }],
  references: ['RFC 5321 §4.5.5', 'RFC 3834 §3'],
  threat: 'attack/engine',
  action: 'refuse',
  reply: REPLIES.oneBounceRecipient,
};

/** The null sender is for bounces, and a bounce has one recipient. */
export const nullSender: Filter = {
  name: 'null-sender',
  rules: [bounceToMany],
  prepare: () => () => ({
    rcpt: ({ peer, envelope, accepted }) =>
      envelope.sender === null && accepted.length > 0 && !peer.inside
        ? { rule: bounceToMany, because: `${accepted.length + 1} recipients` }
        : undefined,
  }),
};
