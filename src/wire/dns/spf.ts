import { readIpv4, readIpv6 } from '../ip/address.ts';
import type { RecordFault } from './tag-list.ts';

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

/** Terms read of one record. */
const TERMS_MAX = 500;

/** True for a TXT record that claims to be SPF: `v=spf1` alone or with a blank behind it (RFC 7208 §4.5). */
export function isSpf(text: string): boolean {
  return /^v=spf1(?: |$)/i.test(text);
}

/** Reads an SPF record (RFC 7208 §12). A receiver that finds a fault answers permerror for the whole record. */
export function readSpf(text: string): SpfRecord | RecordFault {
  if (!isSpf(text)) return { fault: 'does not begin with "v=spf1 "', at: 0 };
  if (/[^\x20-\x7e]/.test(text))
    return { fault: 'holds a byte that is not printable ASCII', at: text.search(/[^\x20-\x7e]/) };
  const terms: SpfTerm[] = [];
  const names = new Set<string>();
  for (let at = 6; at < text.length && terms.length < TERMS_MAX; ) {
    if (text[at] === ' ') {
      at++;
      continue;
    }
    const space = text.indexOf(' ', at);
    const end = space < 0 ? text.length : space;
    const term = readTerm(text.slice(at, end), at);
    if ('fault' in term) return term;
    if (term.kind === 'redirect' || term.kind === 'exp') {
      // RFC 7208 §6: each at most once.
      if (names.has(term.kind)) return { fault: `has "${term.kind}" twice`, at };
      names.add(term.kind);
    }
    terms.push(term);
    at = end;
  }
  return { terms };
}

function readTerm(text: string, at: number): SpfTerm | RecordFault {
  const modifier = /^([A-Za-z][A-Za-z0-9_.-]*)=(.*)$/.exec(text);
  if (modifier !== null) {
    const name = (modifier[1] as string).toLowerCase();
    const value = modifier[2] as string;
    if (!macroString(value)) return { fault: `has a broken macro in "${text.slice(0, 40)}"`, at };
    if (name !== 'redirect' && name !== 'exp') return { kind: 'modifier', name, value, at };
    return domainSpec(value)
      ? { kind: name, domain: value, at }
      : { fault: `has no domain in "${text.slice(0, 40)}"`, at };
  }
  const qualifier = /^[+\-~?]/.test(text) ? (text[0] as SpfQualifier) : '+';
  const body = text.replace(/^[+\-~?]/, '');
  const stop = body.search(/[:/]/);
  const name = (stop < 0 ? body : body.slice(0, stop)).toLowerCase();
  const rest = stop < 0 ? '' : body.slice(stop);
  const unknown = { fault: `has an unknown or malformed term "${text.slice(0, 40)}"`, at };
  switch (name) {
    case 'all':
      return rest === '' ? { kind: 'all', qualifier, at } : unknown;
    case 'include':
    case 'exists':
      return rest[0] === ':' && domainSpec(rest.slice(1))
        ? { kind: name, qualifier, domain: rest.slice(1), at }
        : unknown;
    case 'ptr':
      if (rest === '') return { kind: 'ptr', qualifier, domain: null, at };
      return rest[0] === ':' && domainSpec(rest.slice(1))
        ? { kind: 'ptr', qualifier, domain: rest.slice(1), at }
        : unknown;
    case 'a':
    case 'mx': {
      const parts = /^(?::(.+?))?(?:\/(0|[1-9]\d?))?(?:\/\/(0|[1-9]\d{0,2}))?$/.exec(rest);
      const domain = parts?.[1] ?? null;
      const [prefix4, prefix6] = [Number(parts?.[2] ?? 32), Number(parts?.[3] ?? 128)];
      if (parts === null || prefix4 > 32 || prefix6 > 128 || (domain !== null && !domainSpec(domain))) return unknown;
      return { kind: name, qualifier, domain, prefix4, prefix6, at };
    }
    case 'ip4':
    case 'ip6': {
      const parts = /^:([0-9A-Fa-f:.]+)(?:\/(0|[1-9]\d{0,2}))?$/.exec(rest);
      const most = name === 'ip4' ? 32 : 128;
      const address = parts?.[1] ?? '';
      const prefix = Number(parts?.[2] ?? most);
      const valid = name === 'ip4' ? readIpv4(address) !== null : readIpv6(address) !== null;
      return valid && prefix <= most ? { kind: name, qualifier, address, prefix, at } : unknown;
    }
    default:
      return unknown;
  }
}

const MACRO = /%(?:\{[slodipvhcrtSLODIPVHCRT]\d{0,3}[rR]?[.\-+,/_=]*\}|[%_-])/g;

/** RFC 7208 §7.1: every `%` begins a macro. */
function macroString(text: string): boolean {
  return !text.replace(MACRO, '').includes('%');
}

/** A name, macros allowed, that ends in a label or a macro (RFC 7208 §7.1). */
function domainSpec(text: string): boolean {
  if (text === '' || text.length > 253 || !macroString(text)) return false;
  const plain = text.replace(MACRO, 'x');
  return (
    /^[^\s/]+$/.test(plain) &&
    (/(?:^|\.)[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.?$/.test(plain) || /\}$/.test(text)) &&
    (plain.includes('.') || text.includes('%'))
  );
}

/** True if a domain of a term can only be known for a given message. */
export function hasMacro(domain: string): boolean {
  return domain.includes('%');
}
