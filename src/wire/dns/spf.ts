import { readIpv4, readIpv6 } from '../ip/address.ts';
import { endsInLabel, isMacroString } from './spf-macro.ts';
import { quote, RECORD_MAX, type RecordFault } from './tag-list.ts';

export type SpfQualifier = '+' | '-' | '~' | '?';

/** One term of an SPF record (RFC 7208 §4.6.1). */
export type SpfTerm =
  | { readonly kind: 'all'; readonly qualifier: SpfQualifier; readonly at: number }
  | {
      readonly kind: 'ip4' | 'ip6';
      readonly qualifier: SpfQualifier;
      readonly address: string;
      readonly prefix: number;
      readonly at: number;
    }
  | {
      readonly kind: 'a' | 'mx';
      readonly qualifier: SpfQualifier;
      /** Null: the domain itself. */
      readonly domain: string | null;
      readonly prefix4: number;
      readonly prefix6: number;
      readonly at: number;
    }
  | {
      readonly kind: 'include' | 'exists';
      readonly qualifier: SpfQualifier;
      readonly domain: string;
      readonly at: number;
    }
  | { readonly kind: 'ptr'; readonly qualifier: SpfQualifier; readonly domain: string | null; readonly at: number }
  | { readonly kind: 'redirect' | 'exp'; readonly domain: string; readonly at: number }
  | { readonly kind: 'modifier'; readonly name: string; readonly value: string; readonly at: number };

export interface SpfRecord {
  readonly terms: readonly SpfTerm[];
}

/** True for a TXT record that claims to be SPF: `v=spf1` alone or with a blank behind it (RFC 7208 §4.5). */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** Reads an SPF record (RFC 7208 §12). A receiver that finds a fault answers permerror for the whole record. */
export function readSpf(text: string): SpfRecord | RecordFault {
  if (!isSpf(text)) return { fault: 'does not begin with "v=spf1 "', at: 0 };
  if (text.length > RECORD_MAX) return { fault: `is longer than ${RECORD_MAX} characters`, at: RECORD_MAX };
  const odd = text.search(/[^\x20-\x7e]/);
  if (odd >= 0) return { fault: 'holds a byte that is not printable ASCII', at: odd };
  const terms: SpfTerm[] = [];
  for (let at = 6; at < text.length; ) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    const space = text.indexOf(' ', at);
    const end = space < 0 ? text.length : space;
    const term = readTerm(text.slice(at, end), at);
    if ('fault' in term) return term;
    // RFC 7208 §6: each at most once.
    if ((term.kind === 'redirect' || term.kind === 'exp') && terms.some(({ kind }) => kind === term.kind))
      return { fault: `has "${term.kind}" twice`, at };
    terms.push(term);
    at = end;
  }
  return { terms };
}

function readTerm(text: string, at: number): SpfTerm | RecordFault {
  const modifier = /^([A-Za-z][A-Za-z0-9_.-]*)=/.exec(text);
  if (modifier !== null) return readModifier((modifier[1] as string).toLowerCase(), text, at);
  const first = text[0] as SpfQualifier;
  const qualified = '+-~?'.includes(first);
  const body = qualified ? text.slice(1) : text;
  const stop = body.search(/[:/]/);
  const [name, rest] = stop < 0 ? [body, ''] : [body.slice(0, stop), body.slice(stop)];
  return (
    readMechanism(name.toLowerCase(), rest, qualified ? first : '+', at) ?? {
      fault: `has "${quote(text)}", which is no mechanism`,
      at,
    }
  );
}

function readModifier(name: string, text: string, at: number): SpfTerm | RecordFault {
  const value = text.slice(name.length + 1);
  if (name === 'redirect' || name === 'exp')
    return isDomainSpec(value)
      ? { kind: name, domain: value, at }
      : { fault: `has "${quote(text)}" without a domain`, at };
  return isMacroString(value, true)
    ? { kind: 'modifier', name, value, at }
    : { fault: `has a broken macro in "${quote(text)}"`, at };
}

/** Null if there is no such mechanism, or what follows its name does not fit it. */
function readMechanism(name: string, rest: string, qualifier: SpfQualifier, at: number): SpfTerm | null {
  const domain = rest[0] === ':' && isDomainSpec(rest.slice(1)) ? rest.slice(1) : null;
  switch (name) {
    case 'all':
      return rest === '' ? { kind: 'all', qualifier, at } : null;
    case 'include':
    case 'exists':
      return domain === null ? null : { kind: name, qualifier, domain, at };
    case 'ptr':
      return rest === '' || domain !== null ? { kind: 'ptr', qualifier, domain, at } : null;
    case 'a':
    case 'mx':
      return readHosts(name, rest, qualifier, at);
    case 'ip4':
    case 'ip6':
      return readNetwork(name, rest, qualifier, at);
    default:
      return null;
  }
}

/** `a`, `a:host`, `a/24`, `a//64`, `a:host/24//64` (RFC 7208 §5.3). */
function readHosts(kind: 'a' | 'mx', rest: string, qualifier: SpfQualifier, at: number): SpfTerm | null {
  const lengths = /(?:\/(0|[1-9]\d?))?(?:\/\/(0|[1-9]\d{0,2}))?$/.exec(rest);
  const [prefix4, prefix6] = [Number(lengths?.[1] ?? 32), Number(lengths?.[2] ?? 128)];
  const host = rest.slice(0, lengths?.index ?? rest.length);
  if (prefix4 > 32 || prefix6 > 128) return null;
  if (host === '') return { kind, qualifier, domain: null, prefix4, prefix6, at };
  if (host[0] !== ':' || !isDomainSpec(host.slice(1))) return null;
  return { kind, qualifier, domain: host.slice(1), prefix4, prefix6, at };
}

function readNetwork(kind: 'ip4' | 'ip6', rest: string, qualifier: SpfQualifier, at: number): SpfTerm | null {
  const most = kind === 'ip4' ? 32 : 128;
  const parts = /^:([0-9A-Fa-f:.]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(rest);
  const [address, prefix] = [parts?.[1] ?? '', Number(parts?.[2] ?? most)];
  const read = kind === 'ip4' ? readIpv4(address) : readIpv6(address);
  return read === null || prefix > most ? null : { kind, qualifier, address, prefix, at };
}

/** RFC 7208 §7.1: visible characters and macros, with a name's last label or a macro at the end. */
function isDomainSpec(text: string): boolean {
  return isMacroString(text, false) && endsInLabel(text);
}

/** True if a domain of a term can only be known for a given message. */
export function hasMacro(domain: string): boolean {
  return domain.includes('%');
}
