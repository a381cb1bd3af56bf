/** An RFC 3463 status and where it stands in the text it was found in. */
export interface FoundCode {
  readonly code: string;
  readonly start: number;
  readonly end: number;
}

/** RFC 3463 §2: the subject and the detail have one to three digits. */
const MAX_PART_DIGITS = 3;

/**
 * Finds the first RFC 3463 status at or after `from`, or undefined.
 * Addresses (`5.1.1.9`), versions (`v5.1.1`) and host names (`x5.1.1.example`) are no status; `#5.1.1`, `(#5.1.1)` and `-5.1.1` are.
 */
export function findStatus(text: string, from = 0): FoundCode | undefined {
  for (let dot = text.indexOf('.', from + 1); dot !== -1; dot = text.indexOf('.', dot + 1)) {
    const start = dot - 1;
    if (start < from) continue;
    const first = text.charCodeAt(start);
    if (first !== 0x32 && first !== 0x34 && first !== 0x35) continue;
    if (start > 0 && joinsLeft(text.charCodeAt(start - 1))) continue;
    const second = digitsEnd(text, dot + 1);
    if (second === dot + 1 || text.charCodeAt(second) !== 0x2e) continue;
    const third = digitsEnd(text, second + 1);
    if (third === second + 1) continue;
    if (joinsRight(text, third)) continue;
    return { code: text.slice(start, third), start, end: third };
  }
  return undefined;
}

/** Finds every status of the text, in order. */
export function findStatuses(text: string): FoundCode[] {
  const all: FoundCode[] = [];
  for (let found = findStatus(text); found !== undefined; found = findStatus(text, found.end)) all.push(found);
  return all;
}

/** The class of a status: 2 success, 4 for now, 5 for good. */
export function statusClass(status: string): 2 | 4 | 5 | undefined {
  const digit = status.charCodeAt(0) - 0x30;
  return digit === 2 || digit === 4 || digit === 5 ? digit : undefined;
}

/** True if the detail says nothing beyond its class and subject (`5.0.0`, `4.0.0`). */
export function isVague(status: string): boolean {
  return status.endsWith('.0.0');
}

/**
 * Finds the first SMTP reply code at or after `from`: three digits that start with 4 or 5 (or 2, if `accepted`), at the start of the text,
 * after a space, or after a mark such as `#<`, and followed by a space, `-`, a mark or the end. Numbers in paths, dates and addresses are none.
 */
export function findReply(text: string, from = 0, accepted = false): FoundCode | undefined {
  for (let i = from; i + 2 < text.length; i++) {
    const first = text.charCodeAt(i);
    if (first !== 0x34 && first !== 0x35 && !(accepted && first === 0x32)) continue;
    const second = text.charCodeAt(i + 1);
    if (second < 0x30 || second > 0x37 || !isDigit(text.charCodeAt(i + 2))) continue;
    if (i > 0 && !opensReply(text.charCodeAt(i - 1))) continue;
    if (i + 3 < text.length && !closesReply(text, i + 3)) continue;
    return { code: text.slice(i, i + 3), start: i, end: i + 3 };
  }
  return undefined;
}

function opensReply(c: number): boolean {
  // White space, quotes, brackets and the marks that reports put before a code.
  return (
    c <= 0x20 ||
    c === 0x22 ||
    c === 0x27 ||
    c === 0x28 ||
    c === 0x5b ||
    c === 0x3c ||
    c === 0x23 ||
    c === 0x3a ||
    c === 0x3b
  );
}

function closesReply(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c <= 0x20 || c === 0x23 || c === 0x3a || c === 0x3b || c === 0x2c || c === 0x22 || c === 0x27) return true;
  if (c === 0x29 || c === 0x5d || c === 0x3e) return true;
  // `550-text` goes on, `550-5.1.1` too; `500-1000` is a range.
  if (c === 0x2d) return !isDigit(text.charCodeAt(at + 1)) || findStatus(text.slice(at + 1, at + 12)) !== undefined;
  return c === 0x2e && !isDigit(text.charCodeAt(at + 1));
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

function digitsEnd(text: string, from: number): number {
  let end = from;
  while (end < from + MAX_PART_DIGITS && isDigit(text.charCodeAt(end))) end++;
  return end;
}

function joinsLeft(c: number): boolean {
  // A digit, a letter, a dot or an underscore before it makes it part of a longer word.
  return isDigit(c) || c === 0x2e || c === 0x5f || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
}

function joinsRight(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (isDigit(c) || (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a)) return true;
  return c === 0x2e && isDigit(text.charCodeAt(at + 1));
}
