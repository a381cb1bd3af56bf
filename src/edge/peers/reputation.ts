import type { Counters } from '../../store/counters.ts';
import { networkOf, sharedNetwork } from '../../wire/ip/networks.ts';

/** What a peer did here, and what it counts. Letters that were taken speak for it. */
const WEIGHTS = {
  taken: -1,
  /** Commands or letters refused for good. */
  refused: 1,
  /** Letters refused or kept back for what they are. */
  kept: 3,
  /** Errors of protocol, small and grave. */
  errors: 1,
  attacks: 3,
  unknown: 0.5,
  traps: 10,
  guesses: 1,
} as const;
export type Deed = keyof typeof WEIGHTS;

const WORDS: Readonly<Record<Deed, string>> = {
  taken: 'letters taken',
  refused: 'refusals',
  kept: 'bad letters',
  errors: 'errors',
  attacks: 'attacks on the protocol',
  unknown: 'unknown recipients',
  traps: 'traps written to',
  guesses: 'wrong passwords',
};
const DEEDS = Object.keys(WEIGHTS) as readonly Deed[];

export interface ReputationControls {
  /** Milliseconds in which half of what was seen is forgotten. */
  readonly halfLife: number;
  /** Levels, 0 to 9, from which on a peer is a suspect, and is sent away for a while. */
  readonly suspectAt: number;
  readonly blockAt: number;
  /** Milliseconds that a peer is sent away for the first time, and at the most. */
  readonly block: { readonly first: number; readonly most: number };
  /** Judge addresses that exist only inside a network, too. Behind one of them there may be a whole crowd: a relay, or a balancer of load. */
  readonly inside: boolean;
}

/** How a peer stands here, and why, in a sentence. */
export interface Standing {
  /** 0 (good, or nothing known) to 9. */
  readonly level: number;
  readonly because: string;
}

/** Points that must be there before a level is more than 0: an address, its network and the domain of its name. Others share the latter two. */
const ENOUGH = { address: 5, network: 40, domain: 40 } as const;
/** Points without which nobody is sent away, whatever his level. */
const ENOUGH_TO_BLOCK = 20;
/** An address whose own letters were taken this often stands for itself. */
const OWN_FAME = 5;
/** Levels by which what neighbours did counts less than one's own deeds. */
const NEIGHBOURS = 2;
/** A block that came again within this time is twice as long. Milliseconds. */
const BLOCKS_REMEMBERED = 7 * 86_400_000;
const LEVELS = 9;

/**
 * What is remembered of peers: by address (a /64), by network (/24, /48) and by the domain of a name that leads back to the address, since
 * any other name could be anybody's. Half of it is forgotten with each half-life.
 */
export class Reputation {
  readonly #counters: Counters;
  readonly #controls: ReputationControls;

  constructor(counters: Counters, controls: ReputationControls) {
    this.#counters = counters;
    this.#controls = controls;
  }

  /** Remembers a deed; returns the level it leads to. A bad deed of somebody at the level of a block renews or lengthens it. */
  note(deed: Deed, address: string, domain: string | null, now: number): number {
    const place = sharedNetwork(address);
    const { halfLife, blockAt } = this.#controls;
    const weight = WEIGHTS[deed];
    this.#counters.tally(`did:${deed}:${place}`, 1, halfLife, now);
    for (const subject of [place, networkOf(address, 24, 48), ...(domain === null ? [] : [domain])])
      this.#counters.tally(`${weight < 0 ? 'for' : 'against'}:${subject}`, Math.abs(weight), halfLife, now);
    if (weight < 0) return 0;
    const level = this.#levelOf(place, ENOUGH.address, now);
    if (level >= blockAt && this.#read('against', place, now) >= ENOUGH_TO_BLOCK) this.#block(place, now);
    return level;
  }

  standing(address: string, domain: string | null, now: number): Standing {
    const place = sharedNetwork(address);
    const network = networkOf(address, 24, 48);
    const own = this.#levelOf(place, ENOUGH.address, now);
    if (this.#read('for', place, now) >= OWN_FAME) return { level: own, because: this.#deedsOf(place, now) };
    const around = this.#levelOf(network, ENOUGH.network, now) - NEIGHBOURS;
    const named = domain === null ? 0 : this.#levelOf(domain, ENOUGH.domain, now) - NEIGHBOURS;
    if (own >= around && own >= named) return { level: own, because: this.#deedsOf(place, now) };
    const subject = around >= named ? network : (domain as string);
    const level = Math.max(around, named);
    return { level, because: `${address} is of ${subject}: ${this.#sumOf(subject, now)}` };
  }

  /** Milliseconds that a peer is still sent away; 0 if it is not. */
  blocked(address: string, now: number): number {
    const until = this.#counters.get(`away:${sharedNetwork(address)}`, now);
    return until === undefined ? 0 : Math.max(0, Number(until) - now);
  }

  /** True if letters of a domain were taken often and hardly anything speaks against it: its other addresses are known, too. */
  isKnownDomain(domain: string, now: number): boolean {
    const good = this.#read('for', domain, now);
    return good >= KNOWN_DOMAIN && this.#read('against', domain, now) < good / KNOWN_DOMAIN;
  }

  #block(place: string, now: number): void {
    const { first, most } = this.#controls.block;
    if (this.#counters.get(`away:${place}`, now) !== undefined) return;
    const before = Number(this.#counters.get(`aways:${place}`, now) ?? 0);
    const until = now + Math.min(most, first * 2 ** Math.min(before, 20));
    this.#counters.set(`away:${place}`, String(until), until);
    this.#counters.set(`aways:${place}`, String(before + 1), now + BLOCKS_REMEMBERED);
  }

  /** The part of what is known of a subject that speaks against it, in ninths; 0 while too little is known. */
  #levelOf(subject: string, enough: number, now: number): number {
    const bad = this.#read('against', subject, now);
    return bad < enough ? 0 : Math.round((LEVELS * bad) / (bad + this.#read('for', subject, now)));
  }

  #read(side: 'for' | 'against', subject: string, now: number): number {
    return this.#counters.tally(`${side}:${subject}`, 0, this.#controls.halfLife, now);
  }

  #deedsOf(place: string, now: number): string {
    const { halfLife } = this.#controls;
    const counted = DEEDS.map((deed) => ({
      deed,
      count: this.#counters.tally(`did:${deed}:${place}`, 0, halfLife, now),
    }));
    const shown = counted
      .filter(({ count }) => count >= 0.5)
      .map(({ deed, count }) => `${Math.round(count)} ${WORDS[deed]}`);
    return `${place}: ${shown.length === 0 ? 'nothing known' : shown.join(', ')}; ${this.#memory}`;
  }

  #sumOf(subject: string, now: number): string {
    const [good, bad] = [this.#read('for', subject, now), this.#read('against', subject, now)];
    return `${Math.round(good)} letters taken, ${Math.round(bad)} points against it; ${this.#memory}`;
  }

  get #memory(): string {
    return `half of it is forgotten in ${Math.round(this.#controls.halfLife / 86_400_000)} days`;
  }
}

/** Letters of a domain that make it known, and how many more they must be than the points against it. */
const KNOWN_DOMAIN = 20;
