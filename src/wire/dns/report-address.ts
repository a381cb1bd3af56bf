/** Where reports go (RFC 9990 §2, RFC 8460 §3). */
export interface ReportAddress {
  readonly uri: string;
  /** The domain of a `mailto:`; null for any other scheme, or none. */
  readonly domain: string | null;
}

/** Addresses read of one tag: reporters use the first few. */
const ADDRESSES_MAX = 20;

/** URIs separated by commas, each perhaps with RFC 7489's size limit `!10m`. */
export function reportAddresses(text: string): ReportAddress[] {
  return text
    .split(',', ADDRESSES_MAX)
    .map((part) => part.trim().replace(/!\d{1,20}[kmgt]?$/i, ''))
    .filter((uri) => uri !== '')
    .map((uri) => {
      const domain = /^mailto:[^@\s]+@([a-z0-9._-]+)(?:\?|$)/i.exec(uri)?.[1];
      return { uri, domain: domain === undefined ? null : domain.toLowerCase().replace(/\.$/, '') };
    });
}
