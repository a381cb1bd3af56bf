/** What a TLSA record asks of a certificate, as far as SMTP uses it (RFC 7672 §3.1). */
export type TlsaUse =
  /** 3: this very certificate or key, whatever its name and dates. */
  | 'this-certificate'
  /** 2: an authority that must stand in the chain. */
  | 'this-authority'
  /** 0 and 1, which SMTP senders do not use, or a selector, digest or length that nobody knows. */
  | 'unusable';

const DIGEST_OCTETS: Readonly<Record<number, number>> = { 1: 32, 2: 64 };

/** Tells what a sender makes of a TLSA record. `data` is hexadecimal. */
export function tlsaUse(record: {
  readonly usage: number;
  readonly selector: number;
  readonly matching: number;
  readonly data: string;
}): TlsaUse {
  const { usage, selector, matching, data } = record;
  const length = data.length / 2;
  const sized = matching === 0 ? length > 0 : DIGEST_OCTETS[matching] === length;
  if (selector > 1 || !sized) return 'unusable';
  return usage === 3 ? 'this-certificate' : usage === 2 ? 'this-authority' : 'unusable';
}
