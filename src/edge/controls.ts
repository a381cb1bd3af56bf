/** How often something may happen: so many at once, and so many a minute in the long run. */
export interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

/** A rate for whoever is new here, and one for who has sent good mail for a while. */
export interface RatePair {
  readonly fresh: Rate;
  readonly known: Rate;
}

/** A list of addresses in DNS (RFC 5782). */
export interface DnsList {
  readonly zone: string;
  /** Points for who is listed: above 0 the list warns, below it vouches. */
  readonly score: number;
  /** Answers that count, such as 127.0.0.4; null is all that are a listing. */
  readonly codes: readonly string[] | null;
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
    readonly connections: RatePair;
    readonly messages: RatePair;
    readonly recipients: RatePair;
    /** Per sender address and per recipient, whoever the peer is. */
    readonly perSender: Rate;
    readonly perRecipient: Rate;
  };
  /** Slows down who makes errors: milliseconds more with each, up to the most. */
  readonly tarpit: { readonly step: number; readonly most: number };
  readonly recipients: {
    /** Addresses that exist; null if no list is kept. `@domain` stands for all of a domain. */
    readonly list: ReadonlySet<string> | null;
    /** Ask the upstream about others. */
    readonly ask: boolean;
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
    connections: { fresh: { burst: 60, perMinute: 60 }, known: { burst: 600, perMinute: 600 } },
    messages: { fresh: { burst: 60, perMinute: 60 }, known: { burst: 600, perMinute: 600 } },
    recipients: { fresh: { burst: 200, perMinute: 200 }, known: { burst: 2_000, perMinute: 2_000 } },
    perSender: { burst: 600, perMinute: 300 },
    perRecipient: { burst: 300, perMinute: 60 },
  },
  tarpit: { step: 1_000, most: 10_000 },
  recipients: { list: null, ask: true, harvest: { burst: 10, perMinute: 1 } },
  // A person tries a few times and a program of his the same word for ever, which counts once. Ten, then one in two hours: at that
  // pace a list of a thousand passwords takes twelve weeks. A network may do four times as much, an account twice.
  guard: {
    perAddress: { burst: 10, perMinute: 1 / 120 },
    perNetwork: { burst: 40, perMinute: 1 / 30 },
    perAccount: { burst: 20, perMinute: 1 / 60 },
    remember: 35 * 86_400_000,
  },
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
