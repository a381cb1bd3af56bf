import { cutSymbols, foldText, isSingle, symbolsOfWord, wordEnd } from './symbols.ts';
import { type KnownWord, newWordTable, Row, type WordTable } from './word-table.ts';

/** A text as clauses see it: for each symbol the class of its word; 0 where no clause knows it. */
export type Symbols = readonly number[];

/** The words that clauses know, each with a number, so that a text is compared by numbers and a word is looked up once. */
export interface Vocabulary {
  /** The label of a word. */
  word(text: string): number;
  /** The label of every word that starts so. */
  prefix(text: string): number;
  /** Reads a text. The last few are kept, as one text is asked about from several sides. */
  read(text: string): Symbols;
  /** The labels that fit the words of each class. */
  readonly labels: ClassLabels;
}

/** Labels by class. Those of a class stay the same, while classes come to. */
export interface ClassLabels {
  /** The first label of a class; class 0 has none. */
  readonly first: readonly number[];
  /** The others, where there are any. */
  readonly more: readonly (readonly number[] | undefined)[];
}

/** Reasons stand near the front of a diagnostic; what follows is not looked at. */
const MAX_TEXT = 12_000;
/** Symbols of a text that are looked at. */
const MAX_SYMBOLS = 1500;
/** Words that the table does not read and whose classes are kept; strangers make words up. */
const MAX_KEPT = 5000;
const MAX_KEPT_LENGTH = 80;
const MAX_TEXTS = 6;

export function newVocabulary(): Vocabulary {
  const words = new Map<string, number>();
  const prefixes = new Map<string, number>();
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let labels = 0;
  const first: number[] = [-1];
  const more: (readonly number[] | undefined)[] = [undefined];
  const numbers = new Map<string, number>([['', 0]]);
  const classOf = (set: ReadonlySet<number>): number => {
    const key = [...set].sort((a, b) => a - b).join(' ');
    const known = numbers.get(key);
    if (known !== undefined) return known;
    const [one, ...others] = set;
    numbers.set(key, first.length);
    more.push(others.length === 0 ? undefined : others);
    return first.push(one as number) - 1;
  };
  /** Made at the first text, when all clauses are known. */
  let table: WordTable | undefined;
  const kept = new Map<string, readonly number[]>();
  const addKept = (word: string, into: Row): void => {
    let found = kept.get(word);
    if (found === undefined) {
      found = classesOf(word);
      if (kept.size >= MAX_KEPT) kept.clear();
      // The copy lets go of the text that the word was cut from.
      if (word.length <= MAX_KEPT_LENGTH) kept.set(Buffer.from(word, 'utf16le').toString('utf16le'), found);
    }
    for (const one of found) into.push(one);
  };
  /** Classes of Kana and Han by character, 1 added; 0 where none has been looked for. */
  let singles: Uint16Array | undefined;
  /** Reads a text that is not ASCII. */
  const readOther = (folded: string, into: Row): void => {
    for (let at = 0; at < folded.length && into.length < MAX_SYMBOLS; ) {
      const c = folded.charCodeAt(at);
      const end = wordEnd(folded, at);
      if (end === at) at++;
      else if (isSingle(c)) {
        singles ??= new Uint16Array(1 << 16);
        if (singles[c] === 0) singles[c] = (classesOf(folded.charAt(at))[0] as number) + 1;
        into.push((singles[c] as number) - 1);
        at = end;
      } else {
        addKept(folded.slice(at, end), into);
        at = end;
      }
    }
  };
  /** The text that is being read, one byte a character. */
  const bytes = Buffer.alloc(MAX_TEXT);
  /** Lays an ASCII text out in `bytes`, without apostrophes as `foldText` does. Gives its length, -1 if it is not ASCII. */
  const layOut = (text: string): number => {
    const most = Math.min(text.length, MAX_TEXT);
    let length = 0;
    for (let i = 0; i < most; i++) {
      const c = text.charCodeAt(i);
      if (c > 0x7f) return -1;
      if (c !== 0x27 && c !== 0x60) bytes[length++] = c;
    }
    return length;
  };
  const addFromBytes = (start: number, end: number, into: Row) => addKept(bytes.toString('latin1', start, end), into);
  const row = new Row();
  const recent = recently(MAX_TEXTS, (text: string): Symbols => {
    table ??= newWordTable([...known(words, false), ...known(prefixes, true)], classOf);
    let length = layOut(text);
    if (length === -1) {
      const folded = foldText(text.length > MAX_TEXT ? text.slice(0, MAX_TEXT) : text);
      length = layOut(folded);
      if (length === -1) readOther(folded, row);
    }
    if (length > 0) table.read(bytes, length, MAX_SYMBOLS, row, addFromBytes);
    return row.take();
  });
  const classesOf = (word: string): readonly number[] => {
    const found: number[] = [];
    symbolsOfWord(word, (plain, dotted) => {
      const fitting = new Set<number>();
      for (const text of [plain, dotted]) {
        const label = words.get(text);
        if (label !== undefined) fitting.add(label);
      }
      for (let length = shortest; length <= longest && length <= plain.length; length++) {
        const label = prefixes.get(plain.slice(0, length));
        if (label !== undefined) fitting.add(label);
      }
      found.push(classOf(fitting));
    });
    return found;
  };
  const label = (known: Map<string, number>, text: string): number => {
    let number = known.get(text);
    if (number === undefined) {
      number = labels++;
      known.set(text, number);
      table = undefined;
      kept.clear();
      singles = undefined;
      recent.forget();
    }
    return number;
  };
  return {
    word: (text) => label(words, text),
    prefix(text) {
      shortest = Math.min(shortest, text.length);
      longest = Math.max(longest, text.length);
      return label(prefixes, text);
    },
    read: recent.read,
    labels: { first, more },
  };
}

/** The symbols of a word as a clause has it, folded in the same way as a text is. */
export function symbolsLikeText(word: string): string[] {
  // Marks that symbols themselves carry are kept.
  if (word.startsWith('@') || word.startsWith('.')) return [word.toLowerCase()];
  const symbols: string[] = [];
  cutSymbols(word, (plain) => symbols.push(plain));
  return symbols;
}

function known(labels: ReadonlyMap<string, number>, prefix: boolean): KnownWord[] {
  return [...labels].map(([text, label]) => ({ text, label, prefix }));
}

/** Remembers the last few answers about texts. The same text again costs a comparison of references, or of a few characters. */
export function recently<Answer>(
  size: number,
  answer: (text: string) => Answer,
): { read(text: string): Answer; forget(): void } {
  let texts: string[] = [];
  let answers: Answer[] = [];
  let next = 0;
  return {
    read(text) {
      for (let i = 0; i < texts.length; i++) if (texts[i] === text) return answers[i] as Answer;
      const told = answer(text);
      texts[next] = text;
      answers[next] = told;
      next = (next + 1) % size;
      return told;
    },
    forget() {
      texts = [];
      answers = [];
      next = 0;
    },
  };
}
