import type { TagKeys } from '../wire/address/bounce-tag.ts';
import type { ReputationControls } from './peers/reputation.ts';

/** How often something may happen: so many at once, and so many a minute in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

/** A rate for whoever is new here, one for who has sent good mail for a while, and one for who did harm. */
export interface ClassRates {
  readonly fresh: Rate;
  readonly known: Rate;
  readonly suspect: Rate;
}

/** A list of addresses in DNS (RFC 5782). */
export interface DnsList {
  readonly zone: string;
  /** Points for who is listed: above 0 the list warns, below it vouches. */
  readonly score: number;
  /** Answers that count, such as 127.0.0.4; null is all that are a listing. */
  readonly codes: readonly string[] | null;
}

/** Whose mail leaves with a tag in its sender's address, and whose bounces must come back with one. */
export interface BounceTagControls {
  readonly keys: TagKeys;
  /** Domains of ours, lower case. */
  readonly domains: ReadonlySet<string>;
  /** Domains of recipients that see senders as they are. */
  readonly plainTo: ReadonlySet<string>;
  /** `local@domain`, or a local part of every domain, lower case: bounces to them are always let in. */
  readonly letIn: ReadonlySet<string>;
  /**
   * `rcpt`: before the message comes. `message`: when it is there, so that read receipts are let in, and servers that only ask whether a sender
   * exists hear yes.
   */
  readonly refuseAt: 'rcpt' | 'message';
}

/** What the filters of strangers are set to. */
export interface EdgeControls {
  /** Networks that are not served. */
  readonly denied: { has(address: string): boolean };
  /** Look up the names of strangers' addresses. */
  readonly names: boolean;
  /** Milliseconds that a stranger waits for the greeting; 0 is none. */
  readonly greetWait: number;
  readonly rates: {
    readonly connections: ClassRates;
    readonly messages: ClassRates;
    readonly recipients: ClassRates;
    /** Per sender address and per recipient, whoever the peer is; what known peers send is counted apart. */
    readonly perSender: Rate;
    readonly perRecipient: Rate;
    /** Per domain of a sender, of all strangers together. */
    readonly perDomain: Rate;
  };
  /** Slows down who makes errors: milliseconds more with each, up to the most. */
  readonly tarpit: { readonly step: number; readonly most: number };
  readonly recipients: {
    /** Addresses that exist; null if no list is kept. `@domain` stands for all of a domain. */
    readonly list: ReadonlySet<string> | null;
    /** Ask the upstream about others. */
    readonly ask: boolean;
    /** Addresses that belong to nobody and are there to be found by collectors. */
    readonly traps: ReadonlySet<string>;
    /** Unknown recipients that a network may ask for until it is cut off. */
    readonly harvest: Rate;
  };
  /** Wrong passwords until no more are looked at: a burst, and what is forgotten in the long run. */
  readonly guard: {
    readonly perAddress: Rate;
    /** Of a /24, or a /48. */
    readonly perNetwork: Rate;
    /** From wherever; who logged in before from where he is now is not held up by it. */
    readonly perAccount: Rate;
    /** Milliseconds that an address is remembered as one its account logs in from. */
    readonly remember: number;
  };
  /** What an account of ours, or a sender behind a server of ours, may send. */
  readonly accounts: { readonly messages: Rate; readonly recipients: Rate };
  readonly reputation: ReputationControls;
  /** Null: senders leave as they are, and bounces are not asked for anything. */
  readonly bounceTags: BounceTagControls | null;
  readonly dnsLists: readonly DnsList[];
  readonly greylist: {
    readonly who: 'nobody' | 'suspects' | 'strangers';
    /** Milliseconds until a second try is taken, and that the pair is remembered. */
    readonly wait: number;
    readonly remember: number;
    /** Sender domains, and networks, that are never made to wait. */
    readonly senders: ReadonlySet<string>;
    readonly networks: { has(address: string): boolean };
    /** Points from which a stranger is a suspect. */
    readonly score: number;
  };
}

/** For a server of middling size. A stranger may write as fast as a person reads; a known sender as fast as a mailing list. */
export const DEFAULT_CONTROLS: EdgeControls = {
  denied: { has: () => false },
  names: true,
  // Engines that do not wait talk at once; half a second finds them, and nobody honest minds it once a day.
  greetWait: 500,
  rates: {
    connections: {
      fresh: { burst: 60, perMinute: 60 },
      known: { burst: 600, perMinute: 600 },
      suspect: { burst: 20, perMinute: 10 },
    },
    messages: {
      fresh: { burst: 60, perMinute: 60 },
      known: { burst: 600, perMinute: 600 },
      suspect: { burst: 10, perMinute: 2 },
    },
    recipients: {
      fresh: { burst: 200, perMinute: 200 },
      known: { burst: 2_000, perMinute: 2_000 },
      suspect: { burst: 20, perMinute: 2 },
    },
    perSender: { burst: 600, perMinute: 300 },
    perRecipient: { burst: 300, perMinute: 60 },
    // A large provider is known within minutes and then not counted: what is left are its new machines, and those who pretend to be it.
    perDomain: { burst: 2_000, perMinute: 1_000 },
  },
  tarpit: { step: 1_000, most: 10_000 },
  recipients: { list: null, traps: new Set(), ask: true, harvest: { burst: 10, perMinute: 1 } },
  // A person tries a few times and a program of his the same word for ever, which counts once. Ten, then one in two hours: at that
  // pace a list of a thousand passwords takes twelve weeks. A network may do four times as much, an account twice.
  guard: {
    perAddress: { burst: 10, perMinute: 1 / 120 },
    perNetwork: { burst: 40, perMinute: 1 / 30 },
    perAccount: { burst: 20, perMinute: 1 / 60 },
    remember: 35 * 86_400_000,
  },
  // A busy person writes a hundred letters in an hour and seldom three thousand in a day.
  accounts: { messages: { burst: 100, perMinute: 2 }, recipients: { burst: 500, perMinute: 10 } },
  // Half of what speaks against a peer at 4, three quarters at 7. A machine that is cleaned should be forgiven within weeks, and who is
  // shut out within hours should not lose mail: a day is less than the time that servers go on trying.
  reputation: {
    halfLife: 14 * 86_400_000,
    suspectAt: 4,
    blockAt: 7,
    block: { first: 3_600_000, most: 86_400_000 },
    inside: false,
  },
  bounceTags: null,
  dnsLists: [],
  greylist: {
    who: 'suspects',
    wait: 60_000,
    remember: 35 * 86_400_000,
    senders: new Set(),
    networks: { has: () => false },
    score: 4,
  },
};
