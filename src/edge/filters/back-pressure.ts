import { type Filter, shared } from '../filter.ts';
import { isKnown } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';
import type { Peer } from '../stage.ts';

export const paused: EdgeRule = {
  id: 'pressure/paused',
  severity: 'info',
  title: 'The operator takes no new connections for now',
  why: 'An attack that comes during repairs would meet a server that is half taken apart.',
  remedy: [{ platform: '*', text: 'mailward edge resume.' }],
  references: ['RFC 5321 §3.8'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.busy,
};
export const full: EdgeRule = {
  id: 'pressure/full',
  severity: 'medium',
  title: 'The gateway can take no more mail now',
  why: 'Who loads a server beyond what it can carry keeps everybody out, and may make it lose what it holds.',
  remedy: [
    { platform: '*', text: 'mailward edge status names the signal; pressure.* in the configuration sets its bounds.' },
  ],
  references: ['RFC 5321 §4.2.1'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  fixed: true,
  reply: REPLIES.busy,
};
export const strangersWait: EdgeRule = {
  id: 'pressure/strangers-wait',
  severity: 'low',
  title: 'Strangers are asked to come again while the gateway is under load',
  why: 'A flood of strangers would take the time and the places of peers that have sent good mail for weeks.',
  remedy: [
    { platform: '*', text: 'mailward edge status names the signal; pressure.* in the configuration sets its bounds.' },
  ],
  references: ['RFC 5321 §4.2.1'],
  threat: 'attack/exhaustion',
  action: 'hang-up',
  reply: REPLIES.busy,
};

/** Sends peers away while the gateway is loaded: strangers first, those who are known only when nothing is left, exempt ones never. */
export const backPressure: Filter = {
  name: 'back-pressure',
  rules: [paused, full, strangersWait],
  prepare: ({ pressure, counters, clock }) => {
    const weighed = ({ address, exempt }: Peer) => {
      if (pressure.level === 'normal' || exempt) return undefined;
      if (pressure.level === 'full') return { rule: full, because: 'the level is full' };
      return isKnown(counters, address, clock.now())
        ? undefined
        : { rule: strangersWait, because: 'the level is high, and the peer is not known' };
    };
    return shared({
      connect: ({ peer }) => (pressure.paused ? { rule: paused, because: 'edge pause' } : weighed(peer)),
      mail: ({ peer }) => weighed(peer),
    });
  },
};
