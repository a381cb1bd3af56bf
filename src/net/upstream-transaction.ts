/** One message to hand on, as lines and bytes that are ready for the wire. */
export interface UpstreamTransaction {
  /** `FROM:<…>` with the parameters that every server knows; `MAIL ` and those of extensions are put around it. */
  readonly sender: string;
  /** Added to MAIL where the server offers the extension named. */
  readonly senderExtras: readonly Extra[];
  readonly recipients: readonly UpstreamRecipient[];
  /** Bytes of the message with the head, which is declared by SIZE where that is offered (RFC 1870). */
  readonly size: number;
  /** What goes in front of the message, as whole lines with CRLF. */
  readonly head: string;
  /** The message, dot-stuffed; empty or ending with CRLF, and with no CR or LF that stands alone. */
  readonly body: readonly Uint8Array[];
  /** Milliseconds, monotonic: when the answer must be there. */
  readonly deadline: number;
  /** When DATA must have been answered, where another server could still be tried; absent: `deadline`. */
  readonly envelopeDeadline?: number;
  /** Whom it came from, for servers that are told by XCLIENT; absent: nobody, as when we ask on our own behalf. */
  readonly client?: UpstreamClient;
  /** Only ask whether the recipients would be taken: no DATA follows. */
  readonly probe?: true;
  /** False once nobody waits for the answer any more: then the message is not sent, so that it does not arrive twice. */
  wanted(): boolean;
}

/** The peer of the edge, as a server behind it can be told. */
export interface UpstreamClient {
  readonly address: string;
  readonly port: number;
  /** What DNS says of the address. */
  readonly name: UpstreamClientName;
  /** What it called itself, with EHLO or with HELO. */
  readonly hello: string;
  readonly extended: boolean;
}

/**
 * `confirmed`: the name leads back to the address; `unconfirmed`: it does not. `unknown`: DNS gave no answer. `none`: there is no name, or nobody
 * looked.
 */
export type UpstreamClientName =
  | { readonly kind: 'confirmed' | 'unconfirmed'; readonly name: string }
  | { readonly kind: 'none' | 'unknown' };

/** A parameter that may only be sent where `extension` is offered. */
export interface Extra {
  readonly extension: string;
  readonly text: string;
  /** Refuse to hand on without it, instead of leaving it out. */
  readonly needed: boolean;
}

export interface UpstreamRecipient {
  /** `TO:<…>`. */
  readonly path: string;
  readonly extras: readonly Extra[];
}

/**
 * What became of one recipient. `withheld`: it was not refused, but others were, so that nothing was sent at all. `unknown`: the message was
 * sent and the connection ended before this one was answered for, as only LMTP lets happen.
 */
export interface RecipientAnswer {
  readonly outcome: 'accepted' | 'refused' | 'withheld' | 'unknown';
  readonly code: number;
  /** RFC 3463 status of the server, null if it gave none. */
  readonly status: string | null;
  /** The server's own words. They are for our log. */
  readonly text: string;
}

export type UpstreamResult =
  /** `turnedAway`: refused for now at MAIL, which is about the server's state and not the message: another may take it. */
  | { readonly kind: 'answered'; readonly recipients: readonly RecipientAnswer[]; readonly turnedAway?: true }
  /** The server has not the extension that the message needs: nothing was sent. */
  | { readonly kind: 'lacking'; readonly extension: string }
  | {
      readonly kind: 'failed';
      readonly detail: string;
      /** The end of the message had been sent: it may have arrived all the same. */
      readonly sent: boolean;
      /** The connection ended before it answered anything, as one does that was kept too long: worth another try on a new one. */
      readonly stale: boolean;
      /** The server failed to answer; absent where the fault is ours or nobody waits any more. */
      readonly blame?: true;
    };
