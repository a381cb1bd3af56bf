/**
 * The symbols of a text: what clauses are matched against. At most two symbols stand at one place, the plain one and a dotted one.
 * Words are in lower case without accents or apostrophes; a mail address is `@addr`, an IP address `@ip`; the labels of a host name are
 * dotted (`.spamhaus`), so that a name never reads as a sentence; each character of Chinese or Japanese is a symbol of its own.
 */
export interface Symbols {
  readonly plain: readonly string[];
  /** Same places; empty where there is no dotted symbol. */
  readonly dotted: readonly string[];
}

/** Reasons stand near the front of a diagnostic; what follows this many symbols is not looked at. */
export const MAX_SYMBOLS = 1500;
const MAX_TEXT = 12_000;

/** Reads the symbols of a text in one pass. */
export function symbolsOf(text: string): Symbols {
  const plain: string[] = [];
  const dotted: string[] = [];
  const add = (word: string, dot = '') => {
    plain.push(word);
    dotted.push(dot);
  };
  const folded = fold(text.slice(0, MAX_TEXT));
  let i = 0;
  while (i < folded.length && plain.length < MAX_SYMBOLS) {
    const c = folded.charCodeAt(i);
    if (isSingle(c)) {
      add(folded[i] as string);
      i++;
      continue;
    }
    if (!isWord(c)) {
      i++;
      continue;
    }
    let end = i + 1;
    while (end < folded.length && (isWord(folded.charCodeAt(end)) || isGlue(folded, end))) end++;
    addWord(folded.slice(i, end), add);
    i = end;
  }
  return { plain, dotted };
}

function addWord(word: string, add: (word: string, dot?: string) => void): void {
  if (word.includes('@')) return add('@addr');
  if (!word.includes('.')) {
    for (const piece of word.split(/[-_]/)) if (piece !== '') add(piece.toLowerCase());
    return;
  }
  if (/^[\d.]+$/.test(word)) return add(word.split('.').length === 4 ? '@ip' : word);
  for (const label of word.split(/[.]/)) {
    // A capital inside a dotted word starts a sentence or names a routing agent; both read as plain words too.
    for (const piece of label.split(/[-_]/)) {
      if (piece !== '') add(/[A-Z]/.test(piece) ? piece.toLowerCase() : `.${piece}`, `.${piece.toLowerCase()}`);
    }
  }
}

/** Takes accents and apostrophes off: `n’a pas été trouvé` reads `na pas ete trouve`. */
function fold(text: string): string {
  let ascii = true;
  for (let i = 0; ascii && i < text.length; i++) ascii = text.charCodeAt(i) < 0x80;
  return ascii ? text.replaceAll("'", '') : text.normalize('NFKD').replace(/[\u0300-\u036f'’‘`´]/g, '');
}

/** A dot, `@`, `-` or `_` between two word characters holds them together. */
function isGlue(text: string, at: number): boolean {
  const c = text.charCodeAt(at);
  if (c !== 0x2e && c !== 0x40 && c !== 0x2d && c !== 0x5f) return false;
  return isWord(text.charCodeAt(at + 1));
}

function isWord(c: number): boolean {
  if (c < 0x80) return (c >= 0x30 && c <= 0x39) || (c >= 0x41 && c <= 0x5a) || (c >= 0x61 && c <= 0x7a);
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
  return (c >= 0x3041 && c <= 0x30ff) || (c >= 0x3400 && c <= 0x9fff);
}
