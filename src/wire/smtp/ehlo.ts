import type { Reply } from './reply.ts';

/** One extension a server offers. */
export interface EhloKeyword {
  /** Upper case: keywords are compared without regard to case (RFC 5321 §4.1.1.1). */
  readonly word: string;
  readonly parameters: readonly string[];
  /** The line as it was sent. */
  readonly line: string;
}

/** What a server says to EHLO: who it is and, in its own order, what it offers. */
export interface EhloAnswer {
  /** The first word of the first line: the name the server gives itself. */
  readonly host: string;
  /** The rest of the first line. */
  readonly greeting: string;
  readonly keywords: readonly EhloKeyword[];
}

/** Keywords kept from one EHLO answer; a server that offers more is heard no further. */
export const EHLO_KEYWORDS_MAX = 99;

/** Reads the answer to EHLO; null if it is a refusal. Matching is by whole word: `XSECURITY=NONE,STARTTLS` offers no STARTTLS. */
export function readEhlo(reply: Reply): EhloAnswer | null {
  if (reply.code !== 250) return null;
  const first = reply.lines[0] ?? '';
  const space = first.indexOf(' ');
  return {
    host: space === -1 ? first : first.slice(0, space),
    greeting: space === -1 ? '' : first.slice(space + 1),
    keywords: reply.lines.slice(1, EHLO_KEYWORDS_MAX + 1).map(readKeyword),
  };
}

function readKeyword(line: string): EhloKeyword {
  const [word = '', ...parameters] = line.split(/[ \t]/).filter((part) => part !== '');
  // `AUTH=LOGIN` is how servers before RFC 2554 offered AUTH, and some still do for old clients.
  if (/^auth=/i.test(word)) return { word: 'AUTH', parameters: [word.slice(5), ...parameters], line };
  return { word: word.toUpperCase(), parameters, line };
}

/** The first keyword with that word (upper case), if it is offered. */
export function offers(answer: EhloAnswer | null, word: string): EhloKeyword | undefined {
  return answer?.keywords.find((keyword) => keyword.word === word);
}
