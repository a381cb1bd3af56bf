import type { EhloKeyword } from '../wire/smtp/ehlo.ts';

/** What the drill knows of the server and of itself before the first attack. */
export interface Facts {
  /** The name the server was called by, for TLS. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
  /** True for loopback and private addresses: many servers trust whoever comes from there. */
  readonly near: boolean;
  /** The name the server gave itself in EHLO. */
  readonly serverName: string;
  /** What it offered to EHLO, outside TLS. */
  readonly offers: readonly EhloKeyword[];
  /** Our name in EHLO. It says what we are. */
  readonly hello: string;
  /** Our address in MAIL FROM. */
  readonly sender: string;
  /** An address the server takes mail for; null if none is known, and then what needs one is not run. */
  readonly recipient: string | null;
  /** True for a door of submission: it takes letters from who has logged in, and the drill has no password. `recipient` is null then. */
  readonly loginOnly: boolean;
  /** The recipient's domain; empty for a bare `postmaster`. */
  readonly domain: string;
  /** An address of nobody's, at a domain that cannot exist (RFC 2606): where no server should send anything. */
  readonly foreign: string;
  /** The server behind this one, which nobody but this one should reach; null if none was named. */
  readonly origin: { readonly address: string; readonly port: number } | null;
  /** True if honest visits come from another address than the attacks, so that what meets one does not meet the other. */
  readonly apart: boolean;
  /** Milliseconds that an answer to an attack is waited for. */
  readonly patience: number;
  /** Seconds for which attacks on the server's patience hold it up. */
  readonly hold: number;
  /** Milliseconds that an honest visit took at the beginning. */
  readonly baseline: number;
  /** When the drill began, as a letter's Date (RFC 5322 §3.3). */
  readonly date: string;
  /** Who allowed the drill, and why. */
  readonly authorised: string;
}

/** Facts for an attack that writes to the recipient. */
export type FactsWithRecipient = Facts & { readonly recipient: string };

/** True if a recipient is known. */
export function hasRecipient(facts: Facts): facts is FactsWithRecipient {
  return facts.recipient !== null;
}

/** Why an attack that writes letters was not run. */
export function noRecipient({ loginOnly }: Facts): string {
  return loginOnly
    ? 'letters are taken from who has logged in, and the drill has no password'
    : 'no recipient is known: --recipient names one';
}

/** True if the server offered an extension. */
export function offered(facts: Facts, word: string): boolean {
  return facts.offers.some((keyword) => keyword.word === word);
}
