import type { Identity } from './identity.ts';
import type { Rule, Severity } from './rule.ts';

/** Why a message was not delivered, in the words of the bounce-handling field. `undefined` is "it does not say". */
export type BounceReason = (typeof BOUNCE_REASONS)[number];
export const BOUNCE_REASONS = [
  'authfailure',
  'badreputation',
  'blocked',
  'contenterror',
  'emailtoolarge',
  'expired',
  'failedstarttls',
  'feedback',
  'filtered',
  'hasmoved',
  'hostunknown',
  'mailboxfull',
  'mailererror',
  'networkerror',
  'norelaying',
  'notaccept',
  'notcompliantrfc',
  'onhold',
  'policyviolation',
  'rateLimited',
  'rejected',
  'requireptr',
  'securityerror',
  'spamdetected',
  'suppressed',
  'suspend',
  'syntaxerror',
  'systemerror',
  'systemfull',
  'undefined',
  'userunknown',
  'vacation',
  'virusdetected',
] as const;

/** RFC 3464 §2.3.3. */
export type BounceAction = 'failed' | 'delayed' | 'delivered' | 'relayed' | 'expanded';

/** What a message is to the one who reads bounces. Only `failure` is a bounce. */
export type NdrKind =
  | 'failure'
  | 'delay'
  | 'delivered'
  | 'relayed'
  | 'expanded'
  | 'feedback'
  | 'autoreply'
  | 'challenge'
  | 'receipt'
  | 'mail';

/** One recipient of the original message, and what became of it. */
export interface NdrRecipient {
  readonly address: string;
  /** The address the sender wrote, where an alias or a forward changed it. */
  readonly originalAddress: string | null;
  readonly action: BounceAction;
  /** RFC 3463 status as reported or as the quoted reply has it; null if the report names none. */
  readonly status: string | null;
  /** Three digits of the SMTP reply that decided. */
  readonly replyCode: string | null;
  readonly reason: BounceReason;
  /** The words of the server that decided, unfolded. */
  readonly diagnostic: string | null;
  /** The server that refused. */
  readonly remoteHost: string | null;
  /** The server that tried to deliver and wrote the report. */
  readonly lhost: string | null;
}

/** What the report says about the message it is about. */
export interface NdrOriginal {
  readonly messageId: string | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly subject: string | null;
  /** As written in the header. */
  readonly date: string | null;
}

/** One Received line, first hop first. `doubts` say in plain words why a hop looks forged or odd. */
export interface NdrHop {
  readonly from: string | null;
  readonly by: string | null;
  readonly with: string | null;
  /** Address of the peer, as the receiving server saw it. */
  readonly address: string | null;
  /** ISO 8601 UTC. */
  readonly at: string | null;
  /** Product and version that wrote the line, as one text. */
  readonly software: string | null;
  readonly id: string | null;
  /** Recipient named by `for`. */
  readonly for: string | null;
  /** Seconds since the hop before; negative if the clocks disagree. */
  readonly delay: number | null;
  /** Protocol version and cipher as far as told, for example `TLSv1.3 TLS_AES_256_GCM_SHA384`. */
  readonly tls: string | null;
  readonly doubts: readonly string[];
}

export type DisclosureKind = (typeof DISCLOSURE_KINDS)[number];
export const DISCLOSURE_KINDS = [
  'software',
  'version',
  'internal-host',
  'internal-address',
  'account',
  'directory',
  'time-zone',
  'client',
  'filter',
  'path',
] as const;

/** One thing that a message gives away to whoever reads it. */
export interface Disclosure {
  readonly kind: DisclosureKind;
  readonly value: string;
  /** Where it stands: a header field (`Received[2]`, counted from the newest), `delivery-status`, `text` or `original` and the field. */
  readonly where: string;
  readonly severity: Severity;
  /** What an attacker learns and how to stop it. */
  readonly rule: Rule;
}

/** One message, read: what happened and what it gives away. Any message has hops and disclosures; only reports have recipients. */
export interface NdrReport {
  readonly file: string;
  readonly isBounce: boolean;
  readonly kind: NdrKind;
  /** The software that wrote the report, or the message. */
  readonly reporter: Identity | null;
  readonly reportingHost: string | null;
  readonly recipients: readonly NdrRecipient[];
  readonly original: NdrOriginal | null;
  readonly hops: readonly NdrHop[];
  readonly disclosures: readonly Disclosure[];
}
