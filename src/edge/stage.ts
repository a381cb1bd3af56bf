import type { TagWorth } from '../wire/address/bounce-tag.ts';
import type { Mailbox } from '../wire/smtp/path.ts';
import type { EdgeMessage } from './message/message.ts';

/** Who connected, as far as the connection itself tells. */
export interface Peer {
  readonly address: string;
  readonly port: number;
  /** The local address and port the peer came to. */
  readonly to: { readonly address: string; readonly port: number };
  /** The peer is of a network named in `exempt` or `inside`. */
  readonly exempt: boolean;
  readonly inside: boolean;
  /** Who has logged in. */
  readonly account?: string;
}

export interface Hello {
  readonly name: string;
  /** EHLO, not HELO. */
  readonly extended: boolean;
  readonly tls: TlsSession | null;
}

export interface TlsSession {
  readonly protocol: string;
  readonly cipher: string;
}

/** A sender or recipient with the ESMTP parameters that came with it. */
export interface Envelope {
  /** Null: the null sender `<>`. */
  readonly sender: Mailbox | null;
  /** The sender as it goes on to the upstream; absent: as it came. */
  readonly onward?: Mailbox;
  readonly parameters: EnvelopeParameters;
}

export interface EnvelopeParameters {
  /** Declared bytes (RFC 1870); null if none were. */
  readonly size: number | null;
  readonly body: '7BIT' | '8BITMIME' | null;
  readonly smtpUtf8: boolean;
  readonly requireTls: boolean;
  /** DSN parameters of RFC 3461 as they were given, passed on where the upstream has DSN. */
  readonly ret: string | null;
  readonly envid: string | null;
}

export interface Recipient {
  /** As the peer gave it, but for a bounce tag. */
  readonly mailbox: Mailbox;
  /** What the bounce tag is worth that was before it; absent: there was none. */
  readonly tag?: TagWorth;
  /** The address as it goes on to the upstream; absent: as it came. */
  readonly onward?: Mailbox;
  /** Every form that rewriting made of it, the one that goes on last; absent: none. */
  readonly forms?: readonly Mailbox[];
  /** RFC 3461 NOTIFY and ORCPT as given. */
  readonly notify: string | null;
  readonly orcpt: string | null;
}

/** Why a password is easily found. The password itself goes no further than to who judges it. */
export type Weakness = 'common' | 'short' | 'of-the-account' | 'pattern';

/** A try of AUTH, before the upstream is asked. `judgePassword` makes what is said of the password. */
export interface AuthAttempt {
  /** The name as the peer gave it (RFC 4616 authcid). */
  readonly account: string;
  readonly mechanism: 'PLAIN' | 'LOGIN';
  /** Null: nothing is wrong with the password that can be seen. */
  readonly weakness: Weakness | null;
  /** Twelve bits of a digest whose key dies with the process: tells a repeated password from another guess, and nothing else. */
  readonly mark: number;
}

/** What the upstream said of a try. `unknown`: it was not reached, so nothing was found out. */
export type AuthOutcome = 'accepted' | 'refused' | 'unknown';

/** What is known at each stage of a session. Each stage knows all that the one before it knew. */
export interface Stages {
  readonly connect: { readonly peer: Peer };
  readonly hello: Stages['connect'] & { readonly hello: Hello };
  /** Asked before the upstream is: a refusal costs the peer his try, and the upstream nothing. */
  readonly auth: Stages['hello'] & { readonly attempt: AuthAttempt };
  /** Asked when the upstream has answered: a login that policy refuses is none. */
  readonly authenticated: Stages['auth'] & { readonly outcome: AuthOutcome };
  readonly mail: Stages['hello'] & { readonly envelope: Envelope };
  readonly rcpt: Stages['mail'] & {
    readonly recipient: Recipient;
    readonly accepted: readonly Recipient[];
    /** Errors and refusals of the session so far. */
    readonly faults: number;
    /** Points of all that was recognised before RCPT. */
    readonly score: number;
  };
  readonly message: Stages['mail'] & { readonly recipients: readonly Recipient[]; readonly message: EdgeMessage };
}

export type Stage = keyof Stages;
