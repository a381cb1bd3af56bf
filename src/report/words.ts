import type { Identity } from '../finding/identity.ts';
import type { Depth, ReportEndpoint } from '../finding/report.ts';
import type { Severity } from '../finding/rule.ts';
import type { UnreachedReason } from '../finding/unreached.ts';
import type { Vulnerability, VulnerabilityStatus } from '../finding/vulnerability.ts';

/** The words that all renderings share, so that one thing has one name in the terminal, in HTML and in print. */

export const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  critical: 'critical',
  high: 'high',
  medium: 'medium',
  low: 'low',
  info: 'remark',
};

export const STATUS_WORDS: Readonly<Record<VulnerabilityStatus, string>> = {
  affected: 'affected',
  possible: 'possible',
  'not-affected': 'not affected',
};

export const STATE_WORDS: Readonly<Record<ReportEndpoint['state'], string>> = {
  open: 'answers',
  closed: 'closed',
  filtered: 'no answer (filtered)',
  unreached: 'not reached',
};

export const DEPTH_WORDS: Readonly<Record<Depth, string>> = {
  passive: 'passive: DNS and public policy files only',
  polite: 'polite: what any sending server may do',
  intrusive: 'intrusive: authorised by you',
};

/** Why something could not be looked at, and what a person can do about it. */
export const REASON_WORDS: Readonly<Record<UnreachedReason, readonly [why: string, what: string]>> = {
  'no-such-domain': ['the name does not exist', 'check the spelling'],
  'no-address': ['the name has no address', 'check its A and AAAA records'],
  'dns-timeout': ['DNS did not answer in time', 'try again, or name another --resolver'],
  'dns-servfail': ['DNS failed (SERVFAIL)', 'check the zone and its DNSSEC signatures'],
  'dns-refused': ['the DNS server refused the question', 'name a --resolver that answers you'],
  'dns-malformed': ['the DNS answer was broken', 'name another --resolver'],
  'dns-loop': ['the names point at each other in a circle', 'mend the CNAME records'],
  'no-resolver': ['no DNS resolver could be reached', 'name one with --resolver'],
  refused: ['the connection was refused', 'check that the server runs and listens there'],
  filtered: ['nothing came back', 'a firewall here, there or at the provider may block it; try from another network'],
  unreachable: ['there is no route to it', 'try from a network that has one'],
  timeout: ['it did not answer in time', 'try again with a longer --timeout'],
  closed: ['the server closed the connection', 'look into its log'],
  silent: ['the server accepted and then said nothing', 'try again; it may delay strangers on purpose'],
  overlong: ['the answer had no end', 'look at what really listens there'],
  protocol: ['the answer was not understood', 'look at what really listens there'],
  throttled: ['the server asked to come back later', 'try again in an hour'],
  rejected: ['the server does not talk to this address', 'scan from an address that it accepts'],
  'tls-failed': ['TLS could not be set up', 'check its certificate and protocol versions'],
  'not-permitted': ['it was not allowed at this depth', 'a deeper --depth would look'],
  budget: ['the budget of connections was used up', 'try again later'],
  'not-offered': ['the server does not offer it', 'nothing to do if that is intended'],
  internal: ['mailward failed here', 'please report it'],
};

/** `3 holes`, `1 hole`, `no holes`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return count === 0 ? `no ${many}` : `${count} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listed(parts: readonly string[]): string {
  if (parts.length < 2) return parts[0] ?? '';
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** `a, b, c and 4 more`: at most `most` parts are named. */
export function listedUpTo(parts: readonly string[], most: number): string {
  return parts.length <= most ? listed(parts) : listed([...parts.slice(0, most), `${parts.length - most} more`]);
}

/** Product with version or range as a person says it; null if not even the product is known. Unescaped. */
export function productName(identity: Identity | null): string | null {
  if (identity === null || identity.product === null) return null;
  const { vendor, product, version, versionRange, release } = identity;
  const name = vendor === null || product.startsWith(vendor) ? product : `${vendor} ${product}`;
  if (version !== null) return product.endsWith(version) ? name : `${name} ${version}`;
  if (release) return `${name} ${release}`;
  return versionRange === null ? name : `${name} (${rangeWords(versionRange)})`;
}

/** `>=3.7 <3.9` as `3.7 or later and before 3.9`. What is no bound stays as it is. */
export function rangeWords(range: string): string {
  const bounds = range.split(' ').map((bound) => {
    const [, sign, version] = /^(>=|<=|>|<|=)(.+)$/.exec(bound) ?? [];
    return sign === undefined ? bound : BOUND_WORDS[sign]!(version!);
  });
  return bounds.join(' and ');
}

const BOUND_WORDS: Readonly<Record<string, (version: string) => string>> = {
  '>=': (version) => `${version} or later`,
  '<=': (version) => `${version} or earlier`,
  '>': (version) => `after ${version}`,
  '<': (version) => `before ${version}`,
  '=': (version) => version,
};

/** How sure an identity is. */
export function certaintyWords(certainty: number): string {
  const percent = Math.round(certainty * 100);
  if (certainty >= 0.95) return `certain, ${percent} %`;
  if (certainty >= 0.8) return `almost certain, ${percent} %`;
  return certainty >= 0.5 ? `likely, ${percent} %` : `a guess, ${percent} %`;
}

/** Who may use a hole, and from where. */
export function reachWords(hole: Vulnerability): string {
  if (!hole.remote) return 'local';
  return hole.unauthenticated ? 'remote, no login needed' : 'remote, needs a login';
}

/** `192.0.2.1:25`, `[2001:db8::1]:25`. */
export function endpointName({ address, port }: ReportEndpoint): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** `24 November 2026, 08:12 UTC`; what is no ISO time is given back as it is. */
export function timeWords(iso: string): string {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(iso);
  const month = match === null ? undefined : MONTHS[Number(match[2]) - 1];
  return match === null || month === undefined ? iso : `${Number(match[3])} ${month} ${match[1]}, ${match[4]} UTC`;
}

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
] as const;

/** Time between two ISO times, as `11 s` or `2 min 5 s`; null if either is none. */
export function durationWords(from: string, to: string): string | null {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (!(seconds >= 0)) return null;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/** Seconds between two hops: `+3 s`, `+2 min`, `+5 h`, `−4 s`. */
export function delayWords(seconds: number): string {
  const size = Math.abs(seconds);
  const sign = seconds < 0 ? '−' : '+';
  if (size < 1) return '0 s';
  if (size < 120) return `${sign}${Math.round(size)} s`;
  if (size < 7200) return `${sign}${Math.round(size / 60)} min`;
  return size < 172_800 ? `${sign}${Math.round(size / 3600)} h` : `${sign}${Math.round(size / 86_400)} d`;
}

/** The command that makes this report again; of several plain targets, one behind the other. Any other target is quoted for the shell. */
export function commandOf(report: { readonly target: string; readonly depth: Depth }): string {
  const target = /^[\w.:[\]-]+(?: [\w.:[\]-]+)*$/.test(report.target)
    ? report.target
    : `'${report.target.replaceAll("'", `'\\''`)}'`;
  const depth = report.depth === 'polite' ? '' : ` --depth ${report.depth}`;
  const consent = report.depth === 'intrusive' ? ' --authorised "who and why"' : '';
  return `mailward scan ${target}${depth}${consent}`;
}
