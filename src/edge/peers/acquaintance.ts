import type { Counters } from '../../store/counters.ts';
import { sharedNetwork } from '../../wire/ip/networks.ts';

/** Good mail must have come for this long until a peer is known. Milliseconds. */
const PROOF = 10 * 60_000;
/** A peer that is silent for this long is a stranger again. Milliseconds. */
const MEMORY = 35 * 86_400_000;
/** The word of those who vouch for a peer is asked for again after this. Milliseconds. */
const VOUCHED = 3_600_000;
/** A suspect is one for this long, unless it is looked at anew. Milliseconds. */
const SUSPECTED = 86_400_000;
/** Once greeted in good order, a peer is not made to wait again for this long. Milliseconds. */
const GREETED = 86_400_000;

/**
 * Who has sent good mail for a while. Known peers wait for nothing and have wide limits, so that strangers do not pay in honest delays.
 * An address, or the /64 of one, is what is known.
 */
export function isKnown(counters: Counters, address: string, now: number): boolean {
  const place = sharedNetwork(address);
  const since = counters.get(`good:${place}`, now);
  return since !== undefined && now - Number(since) >= PROOF && counters.get(`suspect:${place}`, now) === undefined;
}

/** What a peer is to us. The class chooses the numbers: known peers wait for nothing, strangers hardly, suspects do. */
export type Acquaintance = 'known' | 'fresh' | 'suspect';

export function acquaintanceOf(counters: Counters, address: string, now: number): Acquaintance {
  const place = sharedNetwork(address);
  if (counters.get(`suspect:${place}`, now) !== undefined) return 'suspect';
  return isKnown(counters, address, now) || isVouched(counters, address, now) ? 'known' : 'fresh';
}

/** Notes whether what a peer did makes it a suspect. */
export function noteSuspect(counters: Counters, address: string, suspect: boolean, now: number): void {
  const key = `suspect:${sharedNetwork(address)}`;
  if (suspect) counters.set(key, '', now + SUSPECTED);
  else if (counters.get(key, now) !== undefined) counters.set(key, '', now);
}

/** Notes that a message of the peer was taken by the upstream. */
export function noteGood(counters: Counters, address: string, now: number): void {
  const key = `good:${sharedNetwork(address)}`;
  const since = counters.get(key, now);
  // Written again only now and then: the hot path has better things to do.
  if (since === undefined) counters.set(key, String(now), now + MEMORY);
  else if (now - Number(since) >= PROOF && counters.get(`${key}!`, now) === undefined) {
    counters.set(key, since, now + MEMORY);
    counters.set(`${key}!`, '', now + MEMORY / 35);
  }
}

/** Forgets that a peer was good: it was caught. */
export function noteBad(counters: Counters, address: string, now: number): void {
  const key = `good:${sharedNetwork(address)}`;
  if (counters.get(key, now) !== undefined) counters.set(key, String(now), now + MEMORY);
}

/** Notes that others vouch for a peer. */
export function noteVouched(counters: Counters, address: string, now: number): void {
  counters.set(`vouched:${sharedNetwork(address)}`, '', now + VOUCHED);
}

export function isVouched(counters: Counters, address: string, now: number): boolean {
  return counters.get(`vouched:${sharedNetwork(address)}`, now) !== undefined;
}

/** True if the peer has waited for a greeting before. */
export function wasGreeted(counters: Counters, address: string, now: number): boolean {
  return counters.get(`greeted:${sharedNetwork(address)}`, now) !== undefined;
}

export function noteGreeted(counters: Counters, address: string, now: number): void {
  counters.set(`greeted:${sharedNetwork(address)}`, '', now + GREETED);
}
