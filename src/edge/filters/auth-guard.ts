import { networkOf, sharedNetwork } from '../../wire/ip/networks.ts';
import type { Rate } from '../controls.ts';
import { type EdgeTools, type Filter, shared } from '../filter.ts';
import { noteBad } from '../peers/acquaintance.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule, Hit } from '../rule.ts';
import type { AuthAttempt, Stages } from '../stage.ts';

const LOOK = [
  {
    platform: '*',
    text: 'If a program of your own keeps an old password, give it the new one; or name its network in exempt. guard sets the bounds.',
  },
] as const;

export const guessesOfAddress: EdgeRule = {
  id: 'auth/guesses-of-address',
  severity: 'medium',
  title: 'An address has tried too many wrong passwords',
  why: 'With time, one of a list of usual passwords fits one of the accounts.',
  remedy: LOOK,
  references: ['RFC 4954 §9', 'NIST SP 800-63B-4 §3.2.2'],
  threat: 'attack/account',
  action: 'hang-up',
  reply: REPLIES.authLater,
};
export const guessesOfNetwork: EdgeRule = {
  id: 'auth/guesses-of-network',
  severity: 'medium',
  title: 'The addresses of one network have tried too many wrong passwords together',
  why: 'Who rents a whole network has two hundred addresses to guess from, each of which looks harmless.',
  remedy: LOOK,
  references: ['RFC 4954 §9', 'NIST SP 800-63B-4 §3.2.2'],
  threat: 'attack/account',
  action: 'hang-up',
  reply: REPLIES.authLater,
};
export const guessesOfAccount: EdgeRule = {
  id: 'auth/guesses-of-account',
  severity: 'high',
  title: 'Too many wrong passwords were tried for one account, from wherever',
  why: 'Thousands of machines with one guess each find a password that none of them would find alone.',
  remedy: [
    {
      platform: '*',
      text: 'Nothing at once: places it logged in from before may go on, others wait. Give the account a long password, or a second factor.',
    },
  ],
  references: ['RFC 4954 §9', 'NIST SP 800-63B-4 §3.2.2'],
  threat: 'attack/account',
  action: 'refuse',
  reply: REPLIES.authLater,
};
export const wrongPassword: EdgeRule = {
  id: 'auth/wrong-password',
  severity: 'info',
  title: 'A password was wrong',
  why: 'Guesses look like this. So do people on a Monday.',
  remedy: LOOK,
  references: ['RFC 4954 §6'],
  threat: 'attack/account',
  action: 'note',
  reply: REPLIES.authRefused,
};
export const weakPassword: EdgeRule = {
  id: 'auth/weak-password',
  severity: 'high',
  title: 'An account logs in with a password that is found within an hour',
  why: 'The first thousand guesses of everybody who tries are passwords like this one.',
  remedy: [
    {
      platform: '*',
      text: 'Have it changed for a long one. Set this rule to refuse once all have been warned.',
    },
  ],
  references: ['NIST SP 800-63B-4 §3.1.1.2'],
  threat: 'attack/account',
  action: 'note',
  reply: REPLIES.authRefused,
};

/** A guess counts this much more where the address tries an account it has not tried before, or a password that stands on lists: people do neither. */
const FOREIGN = 1;
const LISTED = 1;
/** How long it is remembered that an address tried an account. Milliseconds. */
const TRIED = 86_400_000;
/** Last wrong passwords (their marks) that are remembered. */
const MARKS_MAX = 10_000;

/**
 * Counts wrong passwords per address, network and account, in buckets that empty so slowly that slow guessing fills them too. A full account
 * is no lock that strangers can turn against its owner: the places he has logged in from go on as if nothing were.
 */
export const authGuard: Filter = {
  name: 'auth-guard',
  rules: [guessesOfAddress, guessesOfNetwork, guessesOfAccount, wrongPassword, weakPassword],
  prepare(tools) {
    const { counters, clock, options } = tools;
    const { guard } = options.controls;
    const last = lastMarks();
    /** True if the bucket has no room for another guess. Pours nothing. */
    const isFull = (key: string, { burst, perMinute }: Rate, now: number) =>
      counters.pour(key, 0, { capacity: burst - 1, perSecond: perMinute / 60 }, now).full;
    const count = (key: string, drops: number, { burst, perMinute }: Rate, now: number) => {
      const bucket = { capacity: burst, perSecond: perMinute / 60 };
      // More drops than there is room for fill it up all the same.
      for (let drop = 0; drop < drops; drop++) counters.pour(key, 1, bucket, now);
    };
    const keysOf = ({ peer, attempt }: Stages['auth']) => {
      const place = sharedNetwork(peer.address);
      const account = accountKey(attempt, tools);
      return {
        place,
        account,
        address: `guess-address:${place}`,
        network: `guess-network:${networkOf(peer.address, 24, 48)}`,
        ofAccount: `guess-account:${account}`,
        tried: `guess-tried:${place} ${account}`,
        home: `auth-home:${networkOf(peer.address, 24, 56)} ${account}`,
      };
    };
    return shared({
      auth(seen): Hit | undefined {
        const now = clock.now();
        const keys = keysOf(seen);
        if (!seen.peer.exempt) {
          if (isFull(keys.address, guard.perAddress, now))
            return { rule: guessesOfAddress, because: `${keys.place}, last for ${keys.account}` };
          if (isFull(keys.network, guard.perNetwork, now))
            return { rule: guessesOfNetwork, because: `${keys.network.slice(14)}, last for ${keys.account}` };
        }
        return isFull(keys.ofAccount, guard.perAccount, now) && counters.get(keys.home, now) === undefined
          ? { rule: guessesOfAccount, because: `${keys.account}, last from ${keys.place}` }
          : undefined;
      },
      authenticated(seen): Hit | undefined {
        if (seen.outcome === 'unknown') return undefined;
        const now = clock.now();
        const keys = keysOf(seen);
        const { attempt, peer } = seen;
        if (seen.outcome === 'accepted') {
          counters.set(keys.home, '', now + guard.remember);
          return attempt.weakness === null
            ? undefined
            : { rule: weakPassword, because: `${keys.account}: ${attempt.weakness}` };
        }
        // A program that has an old password tries the same one for ever: one guess, however often.
        if (last.sameAsBefore(keys.tried, attempt.mark))
          return { rule: wrongPassword, because: `${keys.account}, again` };
        const foreign = counters.get(keys.home, now) === undefined && counters.get(keys.tried, now) === undefined;
        counters.set(keys.tried, '', now + TRIED);
        const drops = 1 + (foreign ? FOREIGN : 0) + (attempt.weakness === 'common' ? LISTED : 0);
        if (!peer.exempt) {
          count(keys.address, drops, guard.perAddress, now);
          count(keys.network, drops, guard.perNetwork, now);
          noteBad(counters, peer.address, now);
        }
        count(keys.ofAccount, 1, guard.perAccount, now);
        return { rule: wrongPassword, because: keys.account };
      },
    });
  },
};

/** One name for one account, with and without its domain where there is one domain alone. */
function accountKey({ account }: AuthAttempt, { options: { domains } }: EdgeTools): string {
  const name = account.trim().toLowerCase();
  return name.includes('@') || domains.size !== 1 ? name : `${name}@${[...domains][0]}`;
}

/** Remembers the last wrong password of each place and account by its mark, in memory alone. */
function lastMarks(): { sameAsBefore(key: string, mark: number): boolean } {
  const marks = new Map<string, number>();
  return {
    sameAsBefore(key, mark) {
      const same = marks.get(key) === mark;
      marks.delete(key);
      marks.set(key, mark);
      if (marks.size > MARKS_MAX) marks.delete(marks.keys().next().value as string);
      return same;
    },
  };
}
