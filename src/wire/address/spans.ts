/** Where an address stands in a text, by offset. */
export interface AddressSpan {
  /** Where its local part begins; that of the domain, where the local part cannot be told from what stands before it. */
  readonly start: number;
  /** Without comments, blanks and folds, quotes included; null where it cannot be told where it begins. */
  readonly local: string | null;
  readonly domainStart: number;
  /** Behind the address. */
  readonly end: number;
  /** As written, without comments, blanks and folds; brackets included for a literal. */
  readonly domain: string;
}

/** A piece of a text outside blanks and comments. `mark`: one character that separates. */
interface Token {
  readonly kind: 'word' | 'quoted' | 'literal' | 'encoded' | 'mark' | '.' | '@';
  readonly start: number;
  readonly end: number;
}

/**
 * Finds the addresses in the value of a field that holds some (RFC 5322 §3.4, §3.6.4), as it came: folds, comments, names, groups and
 * encoded words are passed over, and no `@` inside one of them, or inside quotes, begins a domain. What is not closed is taken for plain text. One
 * character may be one byte; the time is linear in the text.
 */
export function addressSpans(text: string): AddressSpan[] {
  const tokens = tokensOf(text);
  const spans: AddressSpan[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]?.kind !== '@') continue;
    const last = domainEnd(tokens, at + 1);
    // `a@b@c`: the last @ is the one that counts.
    if (last < 0 || tokens[last + 1]?.kind === '@') continue;
    const domain = joined(text, tokens, at + 1, last);
    const first = localStart(tokens, at - 1);
    const domainStart = (tokens[at + 1] as Token).start;
    const before = tokens[first - 1];
    const glued = before !== undefined && before.kind !== 'mark' && before.end === tokens[first]?.start;
    const known = first < at && !glued && before?.kind !== '@';
    spans.push({
      start: known ? (tokens[first] as Token).start : domainStart,
      local: known ? joined(text, tokens, first, at - 1) : null,
      domainStart,
      end: (tokens[last] as Token).end,
      domain,
    });
  }
  return spans;
}

/** The last token of the domain that begins at `at`; -1 if none does. */
function domainEnd(tokens: readonly Token[], at: number): number {
  if (tokens[at]?.kind === 'literal') return at;
  if (tokens[at]?.kind !== 'word') return -1;
  let last = at;
  while (tokens[last + 1]?.kind === '.' && tokens[last + 2]?.kind === 'word') last += 2;
  // Glued to what is no part of a domain: nobody can say what was meant.
  const next = tokens[last + 1];
  const glued = next !== undefined && !'mark.@'.includes(next.kind) && next.start === tokens[last]?.end;
  return glued ? -1 : last;
}

/** The first token of the local part that ends at `at`; `at + 1` if there is none. */
function localStart(tokens: readonly Token[], at: number): number {
  const isWord = (index: number) => tokens[index]?.kind === 'word' || tokens[index]?.kind === 'quoted';
  if (!isWord(at)) return at + 1;
  let first = at;
  while (tokens[first - 1]?.kind === '.' && isWord(first - 2)) first -= 2;
  return first;
}

function joined(text: string, tokens: readonly Token[], first: number, last: number): string {
  let out = '';
  for (let at = first; at <= last; at++) {
    const { start, end } = tokens[at] as Token;
    out += text.slice(start, end);
  }
  // Quotes may hold folds.
  return out.replaceAll('\r\n', '');
}

/** The longest domain literal (RFC 5321 §4.1.3) that is looked for. */
const LITERAL_MAX = 100;
const ENCODED_WORD = /=\?[^?\s]{1,60}\?[BQ]\?[^?\s]{0,8192}\?=/iy;
const BLANKS = ' \t\r\n';
const WORD_ENDS = ' \t\r\n@.,:;<>"()[]';
/** Brackets and quotes that nothing closes are among them. */
const MARKS = ',:;<>"()[]';

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  /** What had no end once has none further on. */
  let quotes = true;
  let comments = true;
  let at = 0;
  const take = (kind: Token['kind'], end: number): void => {
    tokens.push({ kind, start: at, end });
    at = end;
  };
  while (at < text.length) {
    const char = text[at] as string;
    if (BLANKS.includes(char)) at++;
    else if (char === '@' || char === '.') take(char, at + 1);
    else if (char === '"' && quotes) {
      const end = quoteEnd(text, at);
      if (end < 0) quotes = false;
      else take('quoted', end);
    } else if (char === '(' && comments) {
      const end = commentEnd(text, at);
      if (end < 0) comments = false;
      else at = end;
    } else if (char === '[' && literalEnd(text, at) > 0) take('literal', literalEnd(text, at));
    else if (char === '=' && encodedEnd(text, at) > 0) take('encoded', encodedEnd(text, at));
    else if (MARKS.includes(char)) take('mark', at + 1);
    else take('word', wordEnd(text, at));
  }
  return tokens;
}

function wordEnd(text: string, from: number): number {
  let at = from;
  do at += text[at] === '\\' && text[at + 1] !== '\r' ? 2 : 1;
  while (at < text.length && !WORD_ENDS.includes(text[at] as string) && !(text[at] === '=' && text[at + 1] === '?'));
  return Math.min(at, text.length);
}

/** Behind the domain literal that begins at `from`; -1 if none does. */
function literalEnd(text: string, from: number): number {
  const length = text.slice(from + 1, from + LITERAL_MAX).search(/[\][\r\n]/);
  const end = from + 1 + length;
  return length >= 0 && text[end] === ']' ? end + 1 : -1;
}

/** Behind the encoded word (RFC 2047 §2) that begins at `from`; -1 if none does. */
function encodedEnd(text: string, from: number): number {
  ENCODED_WORD.lastIndex = from;
  return ENCODED_WORD.test(text) ? ENCODED_WORD.lastIndex : -1;
}

/** Behind the quote that closes the one at `from`; -1 if none does. */
function quoteEnd(text: string, from: number): number {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') return at + 1;
  }
  return -1;
}

/** Behind the bracket that closes the comment at `from`, which may hold others; -1 if none does. */
function commentEnd(text: string, from: number): number {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
  }
  return -1;
}
