import type { Filter } from '../filter.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';

export const slowedDown: EdgeRule = {
  id: 'tarpit/slowed-down',
  severity: 'info',
  title: 'A stranger who makes errors is answered slowly',
  why: 'A dictionary of names that costs a second each is too slow to be read.',
  remedy: [{ platform: '*', text: 'Nothing; tarpit.step and tarpit.most set how slowly.' }],
  references: ['RFC 5321 §7.3'],
  threat: 'recon/directory',
  action: 'note',
  reply: REPLIES.refusedRecipient,
};

/** Part of all places that slow answers may hold: beyond it, errors are answered at once again. */
const SHARE = 0.05;

/** Answers to RCPT come later with every error of the session, so that guessing is slow; never so many at once that honest peers wait, and none under pressure. */
export const tarpit: Filter = {
  name: 'tarpit',
  rules: [slowedDown],
  prepare({ options, clock, pressure }) {
    const { step, most } = options.controls.tarpit;
    if (step === 0) return null;
    const places = Math.max(1, Math.floor(SHARE * options.limits.sessions));
    let held = 0;
    return () => {
      /** While it waits. */
      let over: AbortController | null = null;
      return {
        rcpt({ peer, faults }) {
          if (faults === 0 || peer.exempt || held >= places || pressure.level !== 'normal') return undefined;
          held++;
          over = new AbortController();
          return clock
            .sleep(Math.min(most, step * faults), over.signal)
            .catch(() => undefined)
            .then(() => {
              over = null;
              held--;
              return undefined;
            });
        },
        closed: () => over?.abort(),
      };
    };
  },
};
