import { asciiDomain } from '../../wire/address/ascii-domain.ts';
import type { Mailbox } from '../../wire/smtp/path.ts';

/** Which addresses become which, in one direction. Domains are A-labels in lower case; text is one character a byte. */
export interface AddressMap {
  /** By `addressKey`. */
  readonly addresses: ReadonlyMap<string, Mailbox>;
  readonly domains: ReadonlyMap<string, string>;
  /** For every name below a domain, by that domain. */
  readonly below: ReadonlyMap<string, string>;
}

export const NO_ADDRESSES: AddressMap = { addresses: new Map(), domains: new Map(), below: new Map() };

export function isEmpty({ addresses, domains, below }: AddressMap): boolean {
  return addresses.size + domains.size + below.size === 0;
}

/**
 * What an address becomes: by its own entry, by that of the name before its `+` (RFC 5233; what stands behind goes along), else by the nearest
 * entry for its domain, and then by that of what it became. The same object where nothing is said of it.
 */
export function mapMailbox(map: AddressMap, mailbox: Mailbox): Mailbox {
  if (mailbox.domain === '' || mailbox.domain.startsWith('[')) return mailbox;
  const own = mapAddress(map, mailbox);
  if (own !== null) return own;
  const domain = mapDomain(map, mailbox.domain);
  if (domain === null || domain === mailbox.domain) return mailbox;
  const moved = { ...mailbox, domain };
  return mapAddress(map, moved) ?? moved;
}

/** What an entry for the very address says; null if there is none. */
export function mapAddress({ addresses }: AddressMap, { local, domain }: Mailbox): Mailbox | null {
  if (addresses.size === 0) return null;
  const known = asciiName(domain);
  const exact = addresses.get(addressKey(local, known));
  if (exact !== undefined) return exact;
  const plus = local.indexOf('+');
  if (plus <= 0 || local.startsWith('"')) return null;
  const base = addresses.get(addressKey(local.slice(0, plus), known));
  return base === undefined || base.local.startsWith('"') ? null : { ...base, local: base.local + local.slice(plus) };
}

/** What a domain becomes; null if nothing is said of it. */
export function mapDomain({ domains, below }: AddressMap, domain: string): string | null {
  const name = asciiName(domain);
  const exact = domains.get(name);
  if (exact !== undefined || below.size === 0) return exact ?? null;
  for (let dot = name.indexOf('.'); dot >= 0; dot = name.indexOf('.', dot + 1)) {
    const found = below.get(name.slice(dot + 1));
    if (found !== undefined && dot > 0) return found;
  }
  return null;
}

/** The name of an address in a map: quotes that mean nothing, case, and the two ways to write a domain make no difference. */
export function addressKey(local: string, domain: string): string {
  const plain = local.startsWith('"') ? local.slice(1, -1).replace(/\\(.)/gs, '$1') : local;
  return `${lowerAscii(plain)}@${domain}`;
}

/** A domain as A-labels in lower case; what is no domain comes back as it is, and is in no map. */
export function asciiName(domain: string): string {
  if (!/[\x80-\xff]/.test(domain)) return lowerAscii(domain);
  return asciiDomain(Buffer.from(domain, 'latin1').toString('utf8')) ?? domain;
}

function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
}
