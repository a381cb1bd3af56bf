import { getDomain } from 'tldts';
import { isInside } from '../../wire/ip/address.ts';
import type { EdgeEvent } from '../event.ts';
import type { EdgeTools, Filter } from '../filter.ts';
import { noteBad, noteSuspect, noteVouched } from '../peers/acquaintance.ts';
import { rememberedName } from '../peers/peer-name.ts';
import { type Deed, Reputation } from '../peers/reputation.ts';
import { ends } from '../policy.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import { untaggedBounce } from './null-sender.ts';

const FORGIVE = [
  {
    platform: '*',
    text: 'Name the network in exempt, if it is a relay of yours. Otherwise it forgets: reputation sets how fast.',
  },
] as const;

export const suspect: EdgeRule = {
  id: 'reputation/suspect',
  severity: 'low',
  title: 'Much of what this peer did here speaks against it',
  why: 'Who wrote to nobody, into traps and in broken SMTP yesterday does so today.',
  remedy: FORGIVE,
  references: ['RFC 5321 §7.9'],
  threat: 'attack/phishing',
  action: 'score',
  score: 3,
  reply: REPLIES.notServed,
};
export const blocked: EdgeRule = {
  id: 'reputation/blocked',
  severity: 'medium',
  title: 'A peer did so much harm here that it is sent away for a while',
  why: 'An attacker who is let in again at once goes on where he was stopped.',
  remedy: FORGIVE,
  references: ['RFC 5321 §7.9'],
  threat: 'attack/phishing',
  action: 'hang-up',
  reply: REPLIES.busy,
};

/** Rules that are an opinion of others, of the load, or of this filter: no deeds of the peer. */
const NO_DEEDS = /^(?:reputation|dns-list|rate|caps|pressure|greylist|connection|early-talker|tarpit)\//;
const OUR_OWN = 'protocol/own-fault';

/**
 * Remembers what peers did, and what came of it: known, new and suspect peers have different limits, and who did much harm is sent away for an
 * hour, then for two, up to a day. Always for the time being: a machine that was cleaned is let in again.
 */
export const reputation: Filter = {
  name: 'reputation',
  rules: [suspect, blocked],
  prepare(tools) {
    const { counters, clock, options } = tools;
    const { reputation: controls } = options.controls;
    const known = new Reputation(counters, controls);
    return () => {
      let who: { readonly address: string; readonly domain: string | null } | null = null;
      return {
        connect({ peer }): Hit | undefined {
          if (peer.exempt || peer.inside || (!controls.inside && isInside(peer.address))) return undefined;
          const now = clock.now();
          const { address } = peer;
          const domain = domainOf(address, tools);
          who = { address, domain };
          if (domain !== null && known.isKnownDomain(domain, now)) noteVouched(counters, address, now);
          const left = known.blocked(address, now);
          const standing = known.standing(address, domain, now);
          noteSuspect(counters, address, standing.level >= controls.suspectAt, now);
          if (left > 0)
            return { rule: blocked, because: `for ${Math.ceil(left / 60_000)} more minutes; ${standing.because}` };
          return standing.level >= controls.suspectAt
            ? { rule: suspect, because: standing.because, score: standing.level / 2 }
            : undefined;
        },
        heard(event): void {
          const deed = who === null ? null : deedIn(event);
          if (deed === null || who === null) return;
          const now = clock.now();
          const level = known.note(deed, who.address, who.domain, now);
          if (level < controls.suspectAt) return;
          noteBad(counters, who.address, now);
          noteSuspect(counters, who.address, true, now);
        },
      };
    };
  },
};

/** The domain that somebody registered and that holds the name which leads back to the address; null if there is none. */
function domainOf(address: string, { counters, clock }: EdgeTools): string | null {
  const name = rememberedName(counters, address, clock.now());
  return name?.kind === 'confirmed' ? getDomain(name.name) : null;
}

/** What an event says of the peer; null if it says nothing. */
function deedIn(event: EdgeEvent): Deed | null {
  switch (event.kind) {
    case 'message': {
      // Who returns what others sent in our name does as a server should.
      if (event.because[0] === untaggedBounce.id) return null;
      if (event.verdict === 'refuse' || event.verdict === 'quarantine') return 'kept';
      if (event.code < 400) return 'taken';
      return event.code >= 500 ? 'refused' : null;
    }
    case 'fault': {
      const { rule, action } = event;
      if (rule.id === OUR_OWN || !ends(action) || rule.severity === 'info') return null;
      return rule.severity === 'low' ? 'errors' : 'attacks';
    }
    case 'hit': {
      const { id } = event.hit.rule;
      if (id === 'recipient/trap') return 'traps';
      if (id === 'recipient/unknown' || id === 'recipient/harvest') return 'unknown';
      return id === 'auth/wrong-password' && !event.hit.because.endsWith(', again') ? 'guesses' : null;
    }
    case 'refused': {
      // Letters, recipients and passwords have been counted above.
      if (event.rule === null || NO_DEEDS.test(event.rule) || event.code < 500) return null;
      return event.stage === 'hello' || event.stage === 'mail' ? 'refused' : null;
    }
    default:
      return null;
  }
}
