import type { UnreachedReason } from '../finding/unreached.ts';

/** Why a document was not had, as far as it matters whose fault that is. */
export type HttpFault =
  /** The server answers, and not with the document. */
  | { readonly at: 'answer'; readonly status: number; readonly location: string | null }
  /** The server is there, and its certificate is not good for this name today. */
  | { readonly at: 'trust' }
  /** What was heard is no HTTP, is cut off, or is more than is taken. */
  | { readonly at: 'content' }
  /** Nobody was heard, which proves nothing. */
  | { readonly at: 'reach'; readonly reason: UnreachedReason };

const UNREACHED: Readonly<Record<string, UnreachedReason>> = {
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EINVAL: 'unreachable',
  EACCES: 'filtered',
  EPERM: 'filtered',
  ECONNREFUSED: 'refused',
  ENOTFOUND: 'no-address',
  EAI_AGAIN: 'dns-timeout',
};
/** OpenSSL's words for a chain it does not trust, and Node's for a name that does not match. */
const DISTRUST = /CERT|SELF_SIGNED|UNABLE_TO_|ISSUER|ALTNAME|HOSTNAME_MISMATCH/;

/** Tells apart whether nobody was there, or somebody who cannot prove who he is, or speaks something else. */
export function httpFaultOf(error: unknown): HttpFault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const reason = UNREACHED[code];
  if (reason !== undefined) return { at: 'reach', reason };
  // A client's alert about its own missing certificate is not about the server's.
  if (DISTRUST.test(code) && !code.startsWith('ERR_SSL_')) return { at: 'trust' };
  return { at: 'content' };
}
