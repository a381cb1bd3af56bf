import type { UnreachedReason } from '../../finding/unreached.ts';
import type { Line } from '../../wire/smtp/line.ts';
import type { Reply } from '../../wire/smtp/reply.ts';

/** One command of a visit and what came back. `at` are indices into the visit's `lines`, so that evidence quotes itself. */
export interface Exchange {
  /** Null for the greeting, which nobody asked for. */
  readonly command: string | null;
  readonly reply: Reply;
  readonly at: readonly [from: number, to: number];
  /** Milliseconds from the command's last byte to the reply's last. */
  readonly took: number;
}

/** The steps of a polite visit, in order. Absent: not taken, or not answered (`ended` says why). `helo` only where EHLO was refused. */
export const VISIT_STEPS = [
  'greeting',
  'ehlo',
  'helo',
  'help',
  'vrfy',
  'unknown',
  'starttls',
  'ehloAfterTls',
  'mail',
  'recipient',
  'rset',
  'quit',
] as const;
export type VisitStep = (typeof VISIT_STEPS)[number];

/** The TLS session that STARTTLS led to, or why there was none. */
export type TlsSeen =
  | {
      readonly state: 'established';
      readonly protocol: string;
      readonly cipher: string;
      /** Leaf first, base64 DER. */
      readonly chain: readonly string[];
      /** OpenSSL's word for what keeps the chain from being trusted, for example `DEPTH_ZERO_SELF_SIGNED_CERT`; null if trusted. */
      readonly distrust: string | null;
      /** True if the certificate names the server as MX gave it (RFC 6125). */
      readonly nameMatches: boolean;
      /** Bits of the ephemeral key exchange, where TLS tells them. */
      readonly ephemeralBits?: number;
      /** Replies that came behind the answer to STARTTLS and before the handshake: nobody asked for them, and they were thrown away. */
      readonly carriedOver?: number;
    }
  | {
      readonly state: 'failed';
      readonly detail: string;
      /** `ours`: this program cannot speak what the server wanted, which proves nothing about the server. */
      readonly fault?: 'ours' | 'theirs' | 'timeout' | 'closed';
    };

/** What one polite visit saw of one endpoint. */
export interface VisitSeen {
  /** Every line of both directions, in order, before and after TLS. */
  readonly lines: readonly Line[];
  readonly steps: { readonly [S in VisitStep]?: Exchange };
  /** Absent: STARTTLS was not offered or not reached. */
  readonly tls?: TlsSeen;
  /** True where TLS came first, before the greeting (RFC 8314 §3). */
  readonly implicitTls?: true;
  /** The recipient asked for, which cannot exist. */
  readonly randomRecipient: string;
  /** `done`, or why the visit ended early and at which step. */
  readonly ended:
    | { readonly how: 'done' }
    | { readonly how: UnreachedReason; readonly step: VisitStep; readonly detail?: string };
}
