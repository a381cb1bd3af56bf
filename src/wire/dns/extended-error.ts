/** Why a resolver gives no answer (RFC 8914). */
export interface ExtendedError {
  readonly code: number;
  /** What the code means, from the IANA list; null for a code that is not in it. */
  readonly meaning: string | null;
  /** A stranger's words, one character a byte: escape them wherever they are shown. */
  readonly text: string;
}

const EXTENDED_ERROR = 15;
/** Bytes kept of the explanation. */
const TEXT_MAX = 200;

const MEANINGS: Readonly<Record<number, string>> = {
  1: 'unsupported DNSKEY algorithm',
  2: 'unsupported DS digest',
  3: 'stale answer',
  5: 'DNSSEC indeterminate',
  6: 'DNSSEC bogus',
  7: 'signature expired',
  8: 'signature not yet valid',
  9: 'DNSKEY missing',
  10: 'signatures missing',
  11: 'no zone key bit set',
  12: 'NSEC missing',
  13: 'cached error',
  14: 'not ready',
  15: 'blocked',
  16: 'censored',
  17: 'filtered',
  18: 'prohibited',
  20: 'not authoritative',
  22: 'no reachable authority',
  23: 'network error',
  24: 'invalid data',
};

/** Reads the first extended error among the options of an OPT record; null if there is none, or it is cut off. */
export function readExtendedError(options: Buffer): ExtendedError | null {
  for (let at = 0; at + 4 <= options.length; ) {
    const [code, end] = [options.readUInt16BE(at), at + 4 + options.readUInt16BE(at + 2)];
    if (end > options.length) return null;
    if (code === EXTENDED_ERROR && end >= at + 6) {
      const number = options.readUInt16BE(at + 4);
      const text = options.toString('latin1', at + 6, Math.min(end, at + 6 + TEXT_MAX));
      return { code: number, meaning: MEANINGS[number] ?? null, text };
    }
    at = end;
  }
  return null;
}
