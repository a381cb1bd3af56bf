import { isDigit, isWordCode } from './pattern-class.ts';

/**
 * Words that stand between the name of a product and its version and say nothing of either: what it speaks, what it is, how it is sold.
 * A greeting that nobody has seen yet is mostly a known name with other words of this list behind it.
 */
const LEAD_WORDS: ReadonlySet<string> = new Set(
  (
    'version release ver rel v vers ' +
    'esmtp esmtps smtp lmtp mime pop pop3 imap imap4 imap4rev1 imap4rev2 nntp http ldap ldapv3 xmpp ' +
    'server servers service services daemon agent receiver module engine proxy gateway relay mta msa mda system suite software ' +
    'mail mailserver email messaging webmail internet client webclient console ' +
    'pro professional enterprise standard free freeware plus lite premium edition'
  ).split(' '),
);
/** Words skipped before a version. */
const LEAD_WORDS_MAX = 8;
/** No word of the list is longer. */
const LEAD_WORD_LENGTH_MAX = 12;
const MARKS = ' \t/-,:(.#_[';

/**
 * Where a version may begin, at or behind `from`: marks and words of the list are skipped, and the `v` that is written together with it.
 * Returns -1 if a word runs on at `from`, as the 4 of IMAP4 is no version.
 */
export function takeLead(folded: string, from: number): number {
  let at = takeMarks(folded, from);
  if (at === from && from > 0 && isWordCode(folded.charCodeAt(from - 1)) && isWordCode(folded.charCodeAt(from)))
    return -1;
  for (let words = 0; words < LEAD_WORDS_MAX && !isDigit(folded.charCodeAt(at)); words++) {
    const end = wordEnd(folded, at);
    if (end - at > LEAD_WORD_LENGTH_MAX || end === at) break;
    if (folded[at] === 'v' && isDigit(folded.charCodeAt(at + 1))) return at + 1;
    if (!LEAD_WORDS.has(folded.slice(at, end))) break;
    at = takeMarks(folded, end);
  }
  return at;
}

function wordEnd(folded: string, from: number): number {
  let at = from;
  while (at - from <= LEAD_WORD_LENGTH_MAX && isWordCode(folded.charCodeAt(at))) at++;
  return at;
}

/** Blanks and the marks that stand before a version. */
function takeMarks(folded: string, from: number): number {
  let at = from;
  while (at < folded.length && MARKS.includes(folded[at] as string)) at++;
  return at;
}
