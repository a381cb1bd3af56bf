import type { Credentials } from '../../wire/smtp/sasl.ts';
import type { AuthAttempt, AuthOutcome } from '../stage.ts';
import type { Upstream } from './upstream.ts';

export type Mechanism = AuthAttempt['mechanism'];

/** What the upstream said to a name and a password. */
export type LoginAnswer =
  | { readonly kind: Extract<AuthOutcome, 'accepted'>; readonly login: Login }
  | { readonly kind: Exclude<AuthOutcome, 'accepted'>; readonly detail: string };

/** A login that the upstream took. */
export interface Login {
  /** Hands messages on in the name of the account. */
  readonly upstream: Upstream;
  close(): void;
}

/** Asks the server behind the edge whether a password is right. The edge knows no accounts of its own. */
export interface Logins {
  /** Those that are offered, in this order. */
  readonly mechanisms: readonly Mechanism[];
  /** Resolves at the deadline (milliseconds, monotonic) at the latest; never rejects. */
  check(credentials: Credentials, deadline: number): Promise<LoginAnswer>;
}
