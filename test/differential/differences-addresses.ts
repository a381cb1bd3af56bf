import { answered, BOTH, type Explanation } from './explanation.ts';

const REFUSED = /^5(?!x$)/;
const TAKEN = /^[234]/;
/** The command begins as it should, up to its path. */
const pathLike = (path: string): RegExp => new RegExp(`^(?:MAIL +FROM|RCPT +TO):${path}`, 'is');

const loose = (id: string, path: RegExp, other: string, why: string): Explanation => ({
  id: `address/${id}`,
  peers: BOTH,
  edge: 'refuses the address',
  other,
  why,
  stricter: 'edge',
  parted: true,
  holds: answered(REFUSED, TAKEN, path),
});

export const ADDRESS_DIFFERENCES: readonly Explanation[] = [
  loose(
    'source-route',
    pathLike('<@[^>]*:'),
    'strips the route and delivers to what stands behind it',
    'RFC 5321 §3.6.1 and §F.2 allow to refuse it. A route is a relay in disguise, and stripping one leaves two readings.',
  ),
  loose(
    'quoted',
    pathLike('[^>]*"'),
    'takes quotes, backslashes and what they hide, and rewrites them',
    'RFC 5321 §4.1.2: nobody should need such an address. Quotes have led mail to other hosts and into shells (CVE-2025-13033, CVE-2020-7247); a plain quoted name without `@`, `%`, `!`, quote and backslash is taken.',
  ),
  loose(
    'routing-sign',
    pathLike('[^@]*[%!][^@]*@'),
    'Postfix takes `%` and `!` for a route where it is told so, and for a letter elsewhere',
    'A server behind us may send it on to what stands before the sign: an open relay that only shows there. A sender may have them.',
  ),
  loose(
    'no-brackets',
    pathLike('(?![^\\r\\n]*<[^<>]*>)'),
    'takes an address without its brackets, or with one of them',
    'RFC 5321 §4.1.2. Where the address ends is anybody’s guess when parameters follow.',
  ),
  loose(
    'blank',
    /^(?:MAIL|RCPT)(?: {2,}|[ \t]*(?:FROM|TO)[^<]*?[ \t])/i,
    'takes blanks before the bracket',
    'RFC 5321 §3.3: spaces are not permitted on either side of the colon.',
  ),
  loose(
    'junk-round-brackets',
    pathLike('(?:[^\\r\\n<]+<|<[^\\r\\n>]*<|<[^\\r\\n>]*>[^ \\r\\n])'),
    'takes words before the bracket, brackets in brackets, or text behind them',
    'RFC 5321 §4.1.2 has no such path.',
  ),
  loose(
    'blank-inside',
    pathLike('<[^>]*[\\s\\x00-\\x1f\\x7f][^>]*>'),
    'drops blanks and control bytes inside the brackets, or takes them for letters',
    'RFC 5321 §4.1.2. Two servers that drop other bytes see two addresses.',
  ),
  loose(
    'dots',
    pathLike('<(?:\\.|[^>@]*\\.\\.|[^>@]*\\.@)'),
    'takes dots at the ends of a local part or two in a row',
    'RFC 5321 §4.1.2: a dot-string has none.',
  ),
  loose(
    'letters',
    pathLike('<[^>@]*[(),:;<>[\\]\\\\][^>]*>'),
    'takes letters that stand for something else in addresses, or drops comments',
    'RFC 5321 §4.1.2: outside quotes they are no letters of a local part, and headers read them as lists, groups and comments.',
  ),
  loose(
    'too-long',
    pathLike('<(?:[^>@]{65,}@|[^>]*@[^>]{256,}|[^>]*[@.][^>@.]{64,}[.>])'),
    'takes longer local parts, labels and domains',
    'RFC 5321 §4.5.3.1.1: 64 octets, RFC 1035 §2.3.4: 63 and 255.',
  ),
  loose(
    'domain',
    pathLike('<[^>]*@(?:[^>]*\\.)?(?:-[^>.]*|[^>.]*-|)(?:\\.[^>]*)?>'),
    'takes domains with empty labels, or with a hyphen at the end of one',
    'RFC 5321 §4.1.2 and RFC 1123 §2.1.',
  ),
  loose(
    'domain-letters',
    pathLike('<[^>]*@(?![A-Za-z0-9._-]*>)[^>]*>'),
    'takes other letters in a domain, or forms of address literals that are none',
    'RFC 5321 §4.1.2 and §4.1.3.',
  ),
  loose(
    'bare-name',
    pathLike('<[^>@]+>'),
    'takes a name without a domain and adds its own',
    'RFC 5321 §4.1.1.3: `postmaster` is the only one. What is added differs from server to server.',
  ),
  loose('no-local', pathLike('<@[^:>]*>'), 'takes an address without a local part', 'RFC 5321 §4.1.2 has none.'),
  loose(
    'subdomain',
    /^RCPT +TO:<[^>@]*@[^>]*\.example\.test>/i,
    'Postfix relays for the subdomains of a domain it is told to relay for',
    'RFC 5321 §3.6.2: a domain is served by whoever names it; what is not in `domains` is not served.',
  ),
  {
    id: 'address/leading-hyphen',
    peers: ['Postfix'],
    edge: 'takes a local part that begins with a hyphen',
    other: 'refuses it (allow_min_user is off)',
    why: 'RFC 5321 §4.1.2 allows it. Programs behind that put an address on a command line read an option: addresses are values here and reach no command line.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, pathLike('<-')),
  },
  {
    id: 'address/literal',
    peers: BOTH,
    edge: 'takes a sender at an address literal, or at a name of numbers',
    other: 'Exim takes no literals, Postfix no four numbers without brackets',
    why: 'RFC 5321 §4.1.3; a sender is only answered to, and the server behind us does that.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, pathLike('<[^>@]*@(?:\\[|[0-9.]+>)')),
  },
  {
    id: 'address/restricted-letters',
    peers: ['Exim'],
    edge: 'takes the letters of RFC 5321 in a local part',
    other: 'refuses |, /, `, #, & and ? by Debian’s access rules',
    why: 'RFC 5321 §4.1.2 allows them. Addresses are values here and reach no shell.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, pathLike('<[^>@]*[|/`#&?]')),
  },
];
