import type { UnreachedReason } from '../finding/unreached.ts';
import type { Clock } from '../net/clock.ts';
import type { Fetch } from '../net/http.ts';
import type { Pace } from '../net/pace.ts';
import type { Resolver } from '../net/resolver.ts';
import type { SmtpClient } from '../net/smtp-client.ts';
import type { WebClient } from '../net/web-client.ts';

/** Everything from outside that a probe may use. */
export interface ScanTools {
  readonly resolver: Resolver;
  readonly smtp: SmtpClient;
  /** For public policy files. */
  readonly http: Fetch;
  /** For the web side of mail servers. */
  readonly web: WebClient;
  readonly pace: Pace;
  readonly clock: Clock;
  /** A random lower-case token of `length` letters, for names that cannot exist. */
  readonly token: (length: number) => string;
  /** The name we give in EHLO and the address that says who asks. */
  readonly asker: Asker;
  readonly signal?: AbortSignal;
  /** Where the report about a letter to nobody comes back to. Without it that letter is not written. */
  readonly bounces?: BounceBox;
}

/** A mailbox of the asker's own, in which reports arrive. */
export interface BounceBox {
  /** Its address: the envelope sender of the letter. */
  readonly address: string;
  /** Milliseconds that a report may take. */
  readonly patience: number;
  /** Who allows the letter, and why: the letter says so. */
  readonly authorised: string;
  /** The messages that hold a token, raw; none as long as nothing has come. Rejects with an `UnreachedError` if the mailbox cannot be read. */
  holding(token: string): Promise<readonly Buffer[]>;
}

/** Who asks: given in EHLO and MAIL FROM, so that a server's administrator can find us. */
export interface Asker {
  readonly hostName: string;
  readonly mailbox: string;
}

/** `--connect NAME=IP[:PORT]`: without a port, every port of the host is looked at where it is. */
export interface Pin {
  readonly address: string;
  readonly port: number | null;
}

export interface DomainTarget {
  readonly domain: string;
  /** Where to find a host instead of asking DNS, by its lower-case name. */
  readonly pins?: ReadonlyMap<string, Pin>;
}

export interface EndpointTarget {
  /** The server's name as MX gave it: TLS asks for it and the certificate is held against it. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Where to connect instead, if a pin says so; reports still name `address` and `port`. */
  readonly pinned?: { readonly address: string; readonly port: number };
  /** The domain under examination: where a random recipient lives. */
  readonly domain: string;
}

/** A probe looks and never judges. It throws `UnreachedError` when it could not look: silence proves nothing. */
export interface Probe<Name extends string, Target, Seen> {
  readonly name: Name;
  /** The most connections it may open, so that a scan can state its cost beforehand. */
  readonly connections: number;
  look(target: Target, tools: ScanTools): Promise<Seen>;
  /** The parts of a look that came back without them: they are told as unreached, so that no gap is taken for a good sign. */
  missed?(seen: Seen): Iterable<Missed>;
}

/** A part that a probe could not see. */
export interface Missed {
  /** What it is, in words that `of TARGET` can follow. */
  readonly part: string;
  readonly reason: UnreachedReason;
  readonly detail?: string;
}
