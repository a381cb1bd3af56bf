import { isUtf8 } from 'node:buffer';
import { type Mailbox, readPath } from '../../wire/smtp/path.ts';
import { asciiName } from '../envelope/address-map.ts';

export interface CommandAddress {
  readonly mailbox: Mailbox | null;
  readonly parameters: readonly string[];
  /** Some byte of the address is above 127: only SMTPUTF8 allows that (RFC 6531 §3.3). */
  readonly eightBit: boolean;
}

/** An atom string of a sender (RFC 5321 §4.1.2): whoever answers him sends to his domain, whatever stands before it. */
const SENDER_LOCAL = /^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~.\x80-\xff]{1,64}$/;
/** The same without routing signs: `%` and `!` send mail elsewhere on servers that still know them. */
const LOCAL = /^[A-Za-z0-9#$&'*+\-/=?^_`{|}~.\x80-\xff]{1,64}$/;
/** A quoted local part that holds neither `@` nor routing signs nor control bytes, nor a bracket at which a careless reader ends the path. */
const QUOTED_LOCAL = /^"[A-Za-z0-9#$&'*+\-/=?^_`{|}~. ,:;()[\]\x80-\xff]{1,62}"$/;
const LABEL = /^[A-Za-z0-9_\x80-\xff](?:[A-Za-z0-9_\x80-\xff-]{0,61}[A-Za-z0-9_\x80-\xff])?$/;
const LITERAL = /^\[(?:\d{1,3}(?:\.\d{1,3}){3}|IPv6:[0-9A-Fa-f:.]{2,45})\]$/i;

/**
 * Reads the address of MAIL or RCPT in the one form that every server reads alike: `FROM:<local@domain>`, no source route, no routing
 * sign in a recipient, nothing quoted that could be read as another address. Null if it is anything else.
 */
export function readAddress(argument: string, keyword: 'FROM:' | 'TO:'): CommandAddress | null {
  if (argument.slice(0, keyword.length).toUpperCase() !== keyword) return null;
  const path = readPath(argument.slice(keyword.length));
  if ('fault' in path || path.route !== '') return null;
  const { mailbox, parameters } = path;
  if (mailbox === null) return { mailbox, parameters, eightBit: false };
  const plain = keyword === 'TO:' ? LOCAL : SENDER_LOCAL;
  if (!plain.test(mailbox.local) && !QUOTED_LOCAL.test(mailbox.local)) return null;
  if (mailbox.local.startsWith('.') || mailbox.local.endsWith('.') || mailbox.local.includes('..')) return null;
  // RFC 5321 §4.5.1: postmaster is the one address that needs no domain.
  if (mailbox.domain === '')
    return keyword === 'TO:' && /^postmaster$/i.test(mailbox.local) ? { mailbox, parameters, eightBit: false } : null;
  if (!isDomain(mailbox.domain) && !LITERAL.test(mailbox.domain)) return null;
  const eightBit = /[\x80-\xff]/.test(mailbox.local + mailbox.domain);
  // RFC 6531 §3.3: UTF-8, and well-formed, or two servers see two addresses.
  if (eightBit && !isUtf8(Buffer.from(mailbox.local + mailbox.domain, 'latin1'))) return null;
  return { mailbox, parameters, eightBit };
}

/**
 * An address of ours by the name that we know its domain by: one of U-labels is the same domain as that of its A-labels (RFC 5890 §2.3.2.1), and
 * must be so for policy, lists, routes and the server behind.
 */
export function inOurWords<M extends Mailbox | null>(mailbox: M, domains: ReadonlySet<string>): M {
  if (mailbox === null || !/[\x80-\xff]/.test(mailbox.domain)) return mailbox;
  const domain = asciiName(mailbox.domain);
  return domains.has(domain) ? { ...mailbox, domain } : mailbox;
}

function isDomain(domain: string): boolean {
  return domain.length <= 255 && domain.split('.').every((label) => LABEL.test(label));
}

/** ESMTP parameters by upper-case name; null if one is given twice or is malformed (RFC 5321 §4.1.2). */
export function parameterMap(given: readonly string[]): ReadonlyMap<string, string | null> | null {
  const found = new Map<string, string | null>();
  for (const text of given) {
    const equals = text.indexOf('=');
    const name = (equals < 0 ? text : text.slice(0, equals)).toUpperCase();
    const value = equals < 0 ? null : text.slice(equals + 1);
    if (
      !/^[A-Z0-9][A-Z0-9-]{0,30}$/.test(name) ||
      found.has(name) ||
      (value !== null && !/^[!-<>-~\x80-\xff]+$/.test(value))
    )
      return null;
    found.set(name, value);
  }
  return found;
}
