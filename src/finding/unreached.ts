/** Why something could not be looked at. A closed list, so that "could not look" is never mistaken for "not there". */
export const UNREACHED_REASONS = [
  'no-such-domain',
  'no-address',
  'dns-timeout',
  'dns-servfail',
  'dns-refused',
  'dns-malformed',
  'dns-loop',
  'no-resolver',
  'refused',
  'filtered',
  'unreachable',
  'timeout',
  'closed',
  'silent',
  'overlong',
  'protocol',
  'throttled',
  'rejected',
  'tls-failed',
  'not-permitted',
  'budget',
  'not-offered',
  'internal',
] as const;
export type UnreachedReason = (typeof UNREACHED_REASONS)[number];

/** Something a probe could not see, and why. `detail` may quote a stranger: escape it wherever it is shown. */
export interface Unreached {
  readonly what: string;
  readonly reason: UnreachedReason;
  readonly detail?: string;
}

/** Thrown by a probe that could not look. Everything else a probe throws is our own bug. */
export class UnreachedError extends Error {
  readonly reason: UnreachedReason;
  readonly detail: string | undefined;

  constructor(reason: UnreachedReason, detail?: string, options?: ErrorOptions) {
    super(detail === undefined ? reason : `${reason}: ${detail}`, options);
    this.name = 'UnreachedError';
    this.reason = reason;
    this.detail = detail;
  }
}
