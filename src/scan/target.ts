import { domainToASCII } from 'node:url';

/** What a scan is asked to look at. */
export type Target =
  | { readonly kind: 'domain'; readonly domain: string; readonly text: string }
  /** One server, without MX. `host` is a name or an address. */
  | { readonly kind: 'server'; readonly host: string; readonly port: number; readonly text: string };

export type TargetFault = { readonly fault: string };

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * Reads a target as a person writes it: a domain (any script, any case), `host:port`, `address:port` or `[IPv6]:port`.
 * A mail address or a URL is answered with what was probably meant.
 */
export function parseTarget(text: string): Target | TargetFault {
  const given = text.trim();
  if (given.length > 512) return { fault: 'is too long for a domain' };
  const url = /^[a-z][a-z0-9+.-]*:\/\/([^/:]+)/i.exec(given);
  if (url !== null) return { fault: `is a URL; scan takes a domain, for example ${url[1]}` };
  const at = given.lastIndexOf('@');
  if (at >= 0) return { fault: `is a mail address; scan takes its domain: ${given.slice(at + 1)}` };
  const bracketed = /^\[([0-9a-f:.]+)\]:(\d{1,5})$/i.exec(given);
  if (bracketed !== null) return server(bracketed[1] as string, bracketed[2] as string);
  const colon = /^([^:]+):(\d{1,5})$/.exec(given);
  if (colon !== null) {
    const host = isIpv4(colon[1] as string) ? (colon[1] as string) : domainName(colon[1] as string);
    return host === undefined ? { fault: 'is no host:port' } : server(host, colon[2] as string);
  }
  if (isIpv4(given) || given.includes(':')) {
    const example = given.includes(':') ? `[${given}]:25` : `${given}:25`;
    return { fault: `is an address; name the port too, for example ${example}` };
  }
  const domain = domainName(given);
  if (domain === undefined) return { fault: 'is no domain name' };
  return { kind: 'domain', domain, text: domain };
}

function server(host: string, port: string): Target | TargetFault {
  const number = Number(port);
  if (number < 1 || number > 65535) return { fault: 'has a port that does not exist (1 to 65535 do)' };
  return { kind: 'server', host, port: number, text: host.includes(':') ? `[${host}]:${number}` : `${host}:${number}` };
}

/** The name in lower-case ASCII without a trailing dot, or undefined if it cannot be a host name (RFC 1035 §2.3.4, RFC 5891). */
export function domainName(text: string): string | undefined {
  const ascii = domainToASCII(text.replace(/\.$/, '')).toLowerCase();
  const name = ascii === '' && /^[\x21-\x7e]+$/.test(text) ? text.replace(/\.$/, '').toLowerCase() : ascii;
  if (name.length === 0 || name.length > 253 || isIpv4(name)) return undefined;
  return name.split('.').every((label) => LABEL.test(label)) ? name : undefined;
}

function isIpv4(text: string): boolean {
  return /^\d{1,3}(\.\d{1,3}){3}$/.test(text) && text.split('.').every((part) => Number(part) < 256);
}
