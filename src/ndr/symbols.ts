/**
 * Reads a text into the symbols that clauses are matched against, each told as its plain word and its dotted one (empty where there is none).
 * Words are in lower case without accents or apostrophes; a mail address is `@addr`, an IP address `@ip`; the labels of a host name are
 * dotted (`.spamhaus`), so that a name never reads as a sentence; each character of Chinese or Japanese is a symbol of its own.
 */
export type TakeSymbol = (plain: string, dotted: string) => void;

/**
 * Cuts a text into words as they stand, in one pass; what holds several symbols together (`mx.example`, `e-mail`) is one word here. `isPlain`
 * tells that a word has only ASCII letters, digits, `-` and `_`. Ends early if `take` returns false.
 */
export function cutWords(
  text: string,
  take: (folded: string, start: number, end: number, isPlain: boolean) => boolean,
): void {
  const folded = fold(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);
  const { length } = folded;
  for (let i = 0; i < length; i++) {
    const start = i;
    let isPlain = true;
    for (; i < length; i++) {
      const c = folded.charCodeAt(i);
      const mark = c < 0x80 ? (MARKS[c] as number) : isWord(c) ? OTHER : APART;
      if (mark === LETTER) continue;
      if (mark === APART || (mark !== OTHER && (i === start || !wordAt(folded, i + 1)))) break;
      if (mark !== HYPHEN) isPlain = false;
    }
    if (i > start) {
      if (!take(folded, start, i, isPlain)) return;
      // What ended the word may be a word of its own.
      if (i < length && isSingle(folded.charCodeAt(i))) i--;
    } else if (isSingle(folded.charCodeAt(i)) && !take(folded, i, i + 1, false)) return;
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

/** What folding changes. */
const FOLDED = /[\u0080-\uffff'`]/;

/** Takes accents and apostrophes off: `n’a pas été trouvé` reads `na pas ete trouve`. */
function fold(text: string): string {
  if (!FOLDED.test(text)) return text;
  return text.normalize('NFKD').replace(/[\u0300-\u036f'’‘`´]/g, '');
}

/** What a character of ASCII is to a word. A dot, `@`, `-` or `_` between two word characters holds them together. */
const [APART, LETTER, HYPHEN, DOT, OTHER] = [0, 1, 2, 3, 4];
const MARKS = Uint8Array.from({ length: 128 }, (_, c) => {
  const text = String.fromCharCode(c);
  if (/[a-z0-9]/i.test(text)) return LETTER;
  return text === '-' || text === '_' ? HYPHEN : text === '.' || text === '@' ? DOT : APART;
});

function wordAt(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  return c < 0x80 ? MARKS[c] === LETTER : isWord(c);
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

/** Kana and Han are written without spaces. */
function isSingle(c: number): boolean {
  return c >= 0x3041 && (c <= 0x30ff || (c >= 0x3400 && c <= 0x9fff));
}
