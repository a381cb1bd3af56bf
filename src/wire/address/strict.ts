import { isIPv4, isIPv6 } from './literal.ts';

/** An address as SMTP carries it (RFC 5321 §4.1.2). */
export interface WireAddress {
  /** As written, quotes included: what is sent on must not change. */
  readonly local: string;
  /** Lower case; brackets included for a literal. */
  readonly domain: string;
  readonly quoted: boolean;
  readonly literal: 'IPv4' | 'IPv6' | null;
  /** True if only SMTPUTF8 may carry it (RFC 6531 §3.3). */
  readonly unicode: boolean;
}

/** Why a text is no address for the wire, and at which character. */
export interface AddressFault {
  readonly fault:
    | 'no-at'
    | 'no-local'
    | 'local-character'
    | 'quoting'
    | 'local-length'
    | 'no-domain'
    | 'domain-character'
    | 'label'
    | 'domain-length'
    | 'literal'
    | 'length';
  readonly at: number;
}

/** Octets (RFC 5321 §4.5.3.1): local part, domain, and both with `@` so that a path of 256 holds them. */
const LOCAL_MAX = 64;
const DOMAIN_MAX = 255;
const ADDRESS_MAX = 254;
const LABEL_MAX = 63;

const QUOTE = '"';

/**
 * Reads a Mailbox of RFC 5321 §4.1.2, with the characters of RFC 6531 §3.3, and nothing else: no comment, no blank, no source route, no
 * missing domain. Quoted local parts are read, so that the `@` that counts is the last one outside quotes (CVE-2025-13033).
 */
export function readWireAddress(text: string): WireAddress | AddressFault {
  const split = text[0] === QUOTE ? endOfQuoted(text) : endOfDotString(text);
  if (typeof split !== 'number') return split;
  const local = text.slice(0, split);
  const rest = text.slice(split + 1);
  const localBytes = Buffer.byteLength(local);
  if (localBytes > LOCAL_MAX) return { fault: 'local-length', at: LOCAL_MAX };
  if (rest === '') return { fault: 'no-domain', at: text.length };
  if (localBytes + 1 + Buffer.byteLength(rest) > ADDRESS_MAX) return { fault: 'length', at: ADDRESS_MAX };
  const quoted = text[0] === QUOTE;
  if (rest[0] === '[') {
    const literal = literalKind(rest);
    if (literal === null) return { fault: 'literal', at: split + 1 };
    return { local, domain: rest.toLowerCase(), quoted, literal, unicode: NON_ASCII.test(local) };
  }
  const fault = domainFault(rest);
  if (fault !== null) return { fault: fault.fault, at: split + 1 + fault.at };
  return { local, domain: rest.toLowerCase(), quoted, literal: null, unicode: NON_ASCII.test(text) };
}

/** True for the result of `readWireAddress` where the text is an address. */
export function isWireAddress(read: WireAddress | AddressFault): read is WireAddress {
  return !('fault' in read);
}

const NON_ASCII = /[^\x00-\x7f]/;
const ATEXT = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~\u0080-\u{10ffff}]$/u;

/** Index of the `@` behind a Dot-string. */
function endOfDotString(text: string): number | AddressFault {
  let atomStart = 0;
  for (let at = 0; at < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(at) as number);
    if (char === '@') {
      if (at === 0) return { fault: 'no-local', at };
      return at === atomStart ? { fault: 'local-character', at: at - 1 } : at;
    }
    if (char === '.') {
      if (at === atomStart) return { fault: 'local-character', at };
      atomStart = at + 1;
    } else if (!ATEXT.test(char) || isUnicodeControl(char)) return { fault: 'local-character', at };
    at += char.length;
  }
  return { fault: 'no-at', at: text.length };
}

/** Index of the `@` behind a Quoted-string (RFC 5321 §4.1.2: printable characters and blanks; `\` escapes one of them). */
function endOfQuoted(text: string): number | AddressFault {
  for (let at = 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === QUOTE) {
      if (at + 1 === text.length) return { fault: 'no-at', at: at + 1 };
      return text[at + 1] === '@' ? at + 1 : { fault: 'quoting', at: at + 1 };
    }
    if (char === '\\') at++;
    const meant = text[at];
    if (
      meant === undefined ||
      meant < ' ' ||
      meant === '\x7f' ||
      isUnicodeControl(meant) ||
      (char === '\\' && meant > '~')
    )
      return { fault: 'quoting', at };
  }
  return { fault: 'quoting', at: text.length };
}

function isUnicodeControl(char: string): boolean {
  return char >= '\x80' && char <= '\x9f';
}

const LABEL = /^[\p{L}\p{N}](?:(?:[\p{L}\p{N}\p{M}\u00b7-]|\u200c|\u200d)*[\p{L}\p{N}\p{M}])?$/u;

function domainFault(domain: string): AddressFault | null {
  if (Buffer.byteLength(domain) > DOMAIN_MAX) return { fault: 'domain-length', at: DOMAIN_MAX };
  let at = 0;
  for (const label of domain.split('.')) {
    if (label === '') return { fault: 'label', at };
    if (Buffer.byteLength(label) > LABEL_MAX * (NON_ASCII.test(label) ? 4 : 1)) return { fault: 'label', at };
    // Letters, digits and hyphens (RFC 5321 §2.3.5); U-labels of other scripts (RFC 5890) are looked at by class only.
    if (!LABEL.test(label))
      return { fault: label.startsWith('-') || label.endsWith('-') ? 'label' : 'domain-character', at };
    at += label.length + 1;
  }
  return null;
}

/** The kind of an address literal (RFC 5321 §4.1.3); null if it is none. */
function literalKind(text: string): WireAddress['literal'] {
  if (!text.endsWith(']') || text.length > DOMAIN_MAX) return null;
  const inner = text.slice(1, -1);
  if (isIPv4(inner)) return 'IPv4';
  // General-address-literal needs a registered tag, and none but IPv6 has ever been registered.
  return /^ipv6:/i.test(inner) && isIPv6(inner.slice(5)) ? 'IPv6' : null;
}
