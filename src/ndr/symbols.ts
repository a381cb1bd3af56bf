/**
 * Reads a text into the symbols that clauses are matched against, each told as its plain word and its dotted one (empty where there is none).
 * Words are in lower case without accents or apostrophes; a mail address is `@addr`, an IP address `@ip`; the labels of a host name are
 * dotted (`.spamhaus`), so that a name never reads as a sentence; each character of Chinese or Japanese is a symbol of its own.
 */
export type TakeSymbol = (plain: string, dotted: string) => void;

/** A text cut into words as they stand; what holds several symbols together (`mx.example`, `e-mail`) is one word here. One pass. */
export function cutWords(text: string, take: (word: string) => boolean): void {
  const folded = fold(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);
  let i = 0;
  while (i < folded.length) {
    const c = folded.charCodeAt(i);
    if (!isWord(c)) {
      if (isSingle(c) && !take(folded.charAt(i))) return;
      i++;
      continue;
    }
    let end = i + 1;
    while (end < folded.length && (isWord(folded.charCodeAt(end)) || isGlue(folded, end))) end++;
    if (!take(folded.slice(i, end))) return;
    i = end;
  }
}

/** Reasons stand near the front of a diagnostic; what follows is not looked at. */
const MAX_TEXT = 12_000;

/** The symbols of one word of `cutWords`. */
export function symbolsOfWord(word: string, add: TakeSymbol): void {
  if (word.includes('@')) return add('@addr', '');
  if (!word.includes('.')) {
    for (const piece of word.split(/[-_]/)) if (piece !== '') add(piece.toLowerCase(), '');
    return;
  }
  if (/^[\d.]+$/.test(word)) return add(word.split('.').length === 4 ? '@ip' : word, '');
  for (const label of word.split('.')) {
    // A capital inside a dotted word starts a sentence or names a routing agent; both read as plain words too.
    for (const piece of label.split(/[-_]/)) {
      if (piece !== '') add(/[A-Z]/.test(piece) ? piece.toLowerCase() : `.${piece}`, `.${piece.toLowerCase()}`);
    }
  }
}

/** Takes accents and apostrophes off: `n’a pas été trouvé` reads `na pas ete trouve`. */
function fold(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) >= 0x80) return text.normalize('NFKD').replace(/[\u0300-\u036f'’‘`´]/g, '');
  }
  return text.includes("'") ? text.replaceAll("'", '') : text;
}

/** A dot, `@`, `-` or `_` between two word characters holds them together. */
function isGlue(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c !== 0x2e && c !== 0x40 && c !== 0x2d && c !== 0x5f) return false;
  return at + 1 < text.length && isWord(text.charCodeAt(at + 1));
}

function isWord(c: number): boolean {
  if (c < 0x80) return (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a) || (c >= 0x30 && c <= 0x39);
  // Every letter beyond ASCII; general punctuation and symbols are none.
  return (
    c >= 0xaa &&
    !(c >= 0x2000 && c <= 0x2bff) &&
    !isSingle(c) &&
    !(c >= 0x3000 && c <= 0x3004) &&
    !(c >= 0x3008 && c <= 0x3020) &&
    c < 0xff00 &&
    c !== 0xab &&
    c !== 0xbb &&
    c !== 0xbf
  );
}

/** Kana and Han are written without spaces. */
function isSingle(c: number): boolean {
  return c >= 0x3041 && (c <= 0x30ff || (c >= 0x3400 && c <= 0x9fff));
}
