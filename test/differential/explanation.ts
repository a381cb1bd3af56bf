import type { Difference } from './compare.ts';
import type { PeerName } from './peers.ts';

/** Why the edge and another server may part at a place, and who of them reads more strictly. */
export interface Explanation {
  readonly id: string;
  readonly peers: readonly PeerName[];
  /** What each does. */
  readonly edge: string;
  readonly other: string;
  /** Why it is right so, with the section that says it. */
  readonly why: string;
  readonly stricter: 'edge' | 'other' | 'neither';
  /** Behind it they are in different states, so that nothing more can be compared. */
  readonly parted: boolean;
  /** True for a difference that this explains: as narrow as it can be said, from the bytes and not from what the edge made of them. */
  holds?(difference: Difference): boolean;
  /** Two readings of a message that this explains are the same text once this was done to both. */
  alike?(text: string): string;
}

export const BOTH: readonly PeerName[] = ['Postfix', 'Exim'];

type About = RegExp | ((difference: Difference) => boolean);

const isAbout = (about: About, difference: Difference): boolean =>
  about instanceof RegExp ? about.test(difference.line) : about(difference);

const answeredIn =
  (phase: Difference['phase']) =>
  (ours: RegExp, theirs: RegExp, about: About) =>
  (difference: Difference): boolean =>
    difference.kind === 'answer' &&
    difference.phase === phase &&
    ours.test(difference.ours) &&
    theirs.test(difference.theirs) &&
    isAbout(about, difference);

/** A command is answered in classes of their own: those of the edge and of the other match, and the line or the difference is as said. */
export const answered = answeredIn('command');

/** The text behind DATA is answered in classes of their own. */
export const textAnswered = answeredIn('text');

/** Addresses in the form in which they are one and the same: the case of a domain says nothing (RFC 5321 §2.4). In order, each once. */
export const named = (addresses: readonly string[]): readonly string[] =>
  [...new Set(addresses.map((address) => address.replace(/@[^@]*$/, (domain) => domain.toLowerCase())))].sort();
