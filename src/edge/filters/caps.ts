import { type Filter, shared } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const full: EdgeRule = {
  id: 'caps/full',
  severity: 'medium',
  title: 'All places of this process are taken',
  why: 'Thousands of silent connections cost an attacker nothing, and keep others out.',
  remedy: [{ platform: '*', text: 'Raise limits.sessions where memory allows: an idle session costs about 6 kB.' }],
  references: ['RFC 5321 §4.2.1', 'RFC 4987'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.busy,
};
export const tooManyOfOne: EdgeRule = {
  id: 'caps/too-many-of-one',
  severity: 'low',
  title: 'One peer holds more connections than its share',
  why: 'A single machine could take every place and keep everybody else out.',
  remedy: [{ platform: '*', text: 'Name the networks of your own relays in exempt; or raise limits.sessionsPerPeer.' }],
  references: ['RFC 5321 §4.2.1'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  reply: REPLIES.busy,
};

/** Places one peer may have whatever the crowd, and the part of the free ones it may have beyond that. */
const SHARE_LEAST = 20;
const SHARE = 0.02;

/** Bounds connections, of all and of one: the fuller it is, the smaller the share of one. */
export const caps: Filter = {
  name: 'caps',
  rules: [full, tooManyOfOne],
  prepare: ({ options: { limits }, census }) => {
    return shared({
      connect({ peer }) {
        if (census.all > limits.sessions) return { rule: full, because: `${census.all} connections` };
        if (peer.exempt) return undefined;
        const share = Math.max(SHARE_LEAST, Math.floor(SHARE * (limits.sessions - census.all)));
        const most = Math.min(limits.sessionsPerPeer, share);
        const mine = census.of(peer.address);
        return mine > most ? { rule: tooManyOfOne, because: `${mine} connections, ${most} are its share` } : undefined;
      },
    });
  },
};
