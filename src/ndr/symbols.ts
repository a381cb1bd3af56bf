/**
 * Reads a text into the symbols that clauses are matched against, each told as its plain word and its dotted one (empty where there is none).
 * Words are in lower case without accents or apostrophes; a mail address is `@addr`, an IP address `@ip`; the labels of a host name are
 * dotted (`.spamhaus`), so that a name never reads as a sentence; each character of Chinese or Japanese is a symbol of its own.
 */
export type TakeSymbol = (plain: string, dotted: string) => void;

/** Takes accents and apostrophes off: `n’a pas été trouvé` reads `na pas ete trouve`. */
export function foldText(text: string): string {
  const plain = BEYOND_ASCII.test(text) ? text.normalize('NFKD') : text;
  return plain.replace(/[\u0300-\u036f'’‘`´]/g, '');
}

const BEYOND_ASCII = /[\u0080-\uffff]/;

/** The symbols of a word or phrase, in order: cut into words as they stand, and each of them into symbols. */
export function cutSymbols(text: string, add: TakeSymbol): void {
  for (const word of wordsOf(foldText(text))) symbolsOfWord(word, add);
}

/** The words of a folded text. */
function* wordsOf(folded: string): Generator<string> {
  for (let at = 0; at < folded.length; ) {
    const end = wordEnd(folded, at);
    if (end > at) yield folded.slice(at, end);
    at = end > at ? end : at + 1;
  }
}

/**
 * Where the word ends that begins at a place; the place itself if none begins there. A dot, `@`, `-` or `_` between two word
 * characters holds them together, so what holds several symbols (`mx.example`, `e-mail`) is one word here.
 */
export function wordEnd(folded: string, start: number): number {
  if (!wordAt(folded, start)) return isSingle(folded.charCodeAt(start)) ? start + 1 : start;
  let end = start + 1;
  while (wordAt(folded, end) || (isJoint(folded.charCodeAt(end)) && wordAt(folded, end + 1))) end++;
  return end;
}

/** The symbols of one word, as `wordEnd` bounds it. */
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

function isJoint(c: number): boolean {
  return c === 0x2e || c === 0x40 || c === 0x2d || c === 0x5f;
}

function wordAt(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c < 0x80) return (c >= 0x61 && c <= 0x7a) || (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a);
  return isWord(c);
}

/** Every letter beyond ASCII; general punctuation and symbols are none. */
function isWord(c: number): boolean {
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

/** Kana and Han are written without spaces: each is a word. */
export function isSingle(c: number): boolean {
  return c >= 0x3041 && (c <= 0x30ff || (c >= 0x3400 && c <= 0x9fff));
}
