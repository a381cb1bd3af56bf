import { readIpv4, readIpv6 } from '../wire/ip/address.ts';

/** Endings that no public DNS has: RFC 6761, RFC 6762 Appendix G, RFC 9476, and what Windows networks are named after. */
const INTERNAL_ENDINGS = new Set([
  'local',
  'localdomain',
  'lan',
  'intern',
  'internal',
  'intra',
  'intranet',
  'corp',
  'home',
  'private',
  'priv',
  'domain',
  'ad',
  'ads',
  'dmz',
  'lokal',
  'prv',
  'prod',
  'office',
  'loc',
  'inet',
  'net1',
  'win',
  'windows',
  'group',
  'school',
]);
/** Labels that say the same inside a public name. */
const INTERNAL_LABELS = new Set([
  'int',
  'internal',
  'intern',
  'intra',
  'corp',
  'lan',
  'ad',
  'ads',
  'dmz',
  'priv',
  'private',
  'local',
]);

/** True for an address that only its own network can reach (RFC 1918, RFC 6598, RFC 4193, link-local). Loopback tells nothing and is none. */
export function isInternalAddress(address: string): boolean {
  const four = readIpv4(address);
  if (four !== null) {
    const [a, b] = four;
    return (
      a === 10 ||
      (a === 172 && b >= 16 && b < 32) ||
      (a === 192 && b === 168) ||
      (a === 169 && b === 254) ||
      (a === 100 && b >= 64 && b < 128)
    );
  }
  const six = address.includes(':') ? readIpv6(address) : null;
  if (six === null) return false;
  return ((six[0] as number) & 0xfe) === 0xfc || (six[0] === 0xfe && ((six[1] as number) & 0xc0) === 0x80);
}

export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

/** True for a host name that only its own network knows. Names of one label count, the usual names of nobody do not. */
export function isInternalName(name: string): boolean {
  const host = name.toLowerCase().replace(/\.$/, '');
  if (!/^[a-z0-9_-]+(?:\.[a-z0-9_-]+)*$/.test(host) || /^[\d.]+$/.test(host)) return false;
  const labels = host.split('.');
  const last = labels.at(-1) as string;
  if (labels.length === 1) return !NOBODY.has(host) && /[a-z]/.test(host) && host.length > 2;
  if (last === 'localdomain' && labels[0] === 'localhost') return false;
  return INTERNAL_ENDINGS.has(last) || labels.slice(0, -2).some((label) => INTERNAL_LABELS.has(label));
}

/** Words that stand where a name should. */
const NOBODY = new Set([
  'localhost',
  'unknown',
  'mail',
  'smtp',
  'www',
  'root',
  'network',
  'unverified',
  'user',
  'apache',
  'nobody',
  'exim',
  'with',
  'from',
  'for',
  'the',
  'some',
  'internal',
  'none',
  'null',
]);
