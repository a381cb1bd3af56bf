import type { Filter } from '../filter.ts';
import { isKnown, noteGreeted, wasGreeted } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const cannotWait: EdgeRule = {
  id: 'early-talker/left',
  severity: 'info',
  title: 'A stranger left before it was greeted',
  why: 'Engines that spray mail do not wait a moment; mail servers wait minutes.',
  remedy: [{ platform: '*', text: 'Nothing. greetWait sets how long strangers wait; 0s is not at all.' }],
  references: ['RFC 5321 §4.5.3.2.1'],
  threat: 'attack/engine',
  action: 'note',
  reply: REPLIES.notReadable,
};

/** Milliseconds for a stranger who has waited before: enough to find who talks at once. */
const AGAIN = 40;

/**
 * Lets a stranger wait a moment for the greeting; who talks meanwhile breaks `protocol/early-talk`. Who has waited before waits hardly at
 * all, and who is known is greeted at once.
 */
export const earlyTalker: Filter = {
  name: 'early-talker',
  rules: [cannotWait],
  prepare: ({ options, counters, clock }) => {
    const { greetWait } = options.controls;
    if (greetWait === 0) return null;
    return () => {
      /** While it waits. */
      let over: AbortController | null = null;
      return {
        connect({ peer }) {
          const { address } = peer;
          const now = clock.now();
          if (peer.exempt || isKnown(counters, address, now)) return undefined;
          const wait = wasGreeted(counters, address, now) ? Math.min(greetWait, AGAIN) : greetWait;
          over = new AbortController();
          return clock.sleep(wait, over.signal).then(
            () => {
              over = null;
              noteGreeted(counters, address, clock.now());
              return undefined;
            },
            () => ({ rule: cannotWait, because: `gone within ${wait / 1000} s` }),
          );
        },
        closed: () => over?.abort(),
      };
    };
  },
};
