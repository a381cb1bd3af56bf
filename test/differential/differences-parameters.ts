import { answered, BOTH, type Explanation } from './explanation.ts';

const REFUSED = /^5(?!x$)/;
/** A command with a path and, behind it, parameters like these. */
const withParameters = (like: string): RegExp => new RegExp(`^(?:MAIL +FROM|RCPT +TO):[^ ]* .*?(?:${like})`, 'is');

export const PARAMETER_DIFFERENCES: readonly Explanation[] = [
  {
    id: 'parameter/after-helo',
    peers: ['Exim'],
    edge: 'takes the parameters it knows behind HELO too, as Postfix does',
    other: 'takes none',
    why: 'RFC 5321 §4.1.1.11 offers them by EHLO. They mean the same, so that nothing is read in two ways.',
    stricter: 'other',
    parted: true,
    holds: answered(/^2/, /^5/, ({ said }) => /malformed address: .* may not follow/.test(said.theirs[0] ?? '')),
  },
  {
    id: 'parameter/value',
    peers: BOTH,
    edge: 'refuses a value that its standard does not have, a missing one, and a parameter that comes twice',
    other: 'takes some of them, or the first or last of two',
    why: 'RFC 1870 §4 (SIZE), RFC 6152 §2 (BODY), RFC 3461 §4 (RET, ENVID, NOTIFY, ORCPT), RFC 5321 §4.1.2. Of two, one server obeys the first and the next the last.',
    stricter: 'edge',
    parted: true,
    holds: answered(
      REFUSED,
      /^[24]/,
      withParameters(
        String.raw`SIZE=?(?!\d)\S*|SIZE=\d{1,20}[^\d\s]|SIZE=\d{21,}|BODY(?:=(?!7BIT\b|8BITMIME\b)\S*)?(?=\s)|RET=?(?!FULL\b|HDRS\b)|ENVID=?(?=\s)|ENVID=\S*\+(?![0-9A-F]{2})|NOTIFY|ORCPT=?(?=\s)|ORCPT=[^;\s]*(?=\s)|ORCPT=\S*;(?=\s)|ORCPT=\S*\+(?![0-9A-F]{2})|\b([A-Z]+)=\S* +(?:.* )?\1=|=(?=\s)`,
      ),
    ),
  },
  {
    id: 'parameter/unknown',
    peers: BOTH,
    edge: 'refuses a parameter that it did not offer',
    other: 'takes some: Postfix AUTH and any keyword that it ignores',
    why: 'RFC 5321 §4.1.1.11. A parameter that one server ignores and the next obeys says two things at once.',
    stricter: 'edge',
    parted: true,
    holds: answered(REFUSED, /^[24]/, withParameters('(?!SIZE|BODY|RET|ENVID|NOTIFY|ORCPT|SMTPUTF8)[A-Z][A-Z0-9-]*')),
  },
  {
    id: 'parameter/not-offered-there',
    peers: ['Exim'],
    edge: 'takes RET, ENVID, NOTIFY, ORCPT and SMTPUTF8, which it offers where the upstream does',
    other: 'does not offer them as Debian sets it up',
    why: 'RFC 3461 §4 and RFC 6531 §3.4.',
    stricter: 'neither',
    parted: true,
    holds: answered(/^2/, /^5/, withParameters('RET=|ENVID=|NOTIFY=|ORCPT=|SMTPUTF8')),
  },
  {
    id: 'parameter/size-now',
    peers: BOTH,
    edge: 'refuses a declared size above its own for good: 552',
    other: 'may say 452 where its disk is short',
    why: 'RFC 1870 §6.1.',
    stricter: 'neither',
    parted: true,
    holds: answered(/^5/, /^4/, withParameters('SIZE=')),
  },
];
