import { cutWords, symbolsOfWord } from './symbols.ts';
import { type KnownWord, newWordTable, type WordTable } from './word-table.ts';

/** A text as clauses see it: for each symbol the labels that fit it, none where no clause knows the word. */
export type Symbols = readonly (readonly number[])[];

/** The words that clauses know, each with a number, so that a text is compared by numbers and a word is looked up once. */
export interface Vocabulary {
  /** The label of a word. */
  word(text: string): number;
  /** The label of every word that starts so. */
  prefix(text: string): number;
  /** Reads a text. The last few are kept, as one text is asked about from several sides. */
  read(text: string): Symbols;
}

/** Symbols of a text that are looked at. */
const MAX_SYMBOLS = 1500;
/** Words whose labels are kept; strangers make words up. */
const MAX_KEPT = 20_000;
const MAX_TEXTS = 6;

/** No clause knows the word. */
const UNKNOWN: readonly number[] = [];

export function newVocabulary(): Vocabulary {
  const words = new Map<string, number>();
  const prefixes = new Map<string, number>();
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let labels = 0;
  /** Made at the first text, when all clauses are known. */
  let table: WordTable | undefined;
  const kept = new Map<string, Symbols>();
  const recent = recently(MAX_TEXTS, (text: string): Symbols => {
    table ??= newWordTable([...known(words, false), ...known(prefixes, true)]);
    const look = table.look;
    const symbols: (readonly number[])[] = [];
    const take = (labels: readonly number[]) => symbols.push(labels);
    cutWords(text, (folded, start, end, isPlain) => {
      if (isPlain) {
        look(folded, start, end, take);
        return symbols.length < MAX_SYMBOLS;
      }
      const word = folded.slice(start, end);
      let labels = kept.get(word);
      if (labels === undefined) {
        labels = labelsOf(word);
        if (kept.size >= MAX_KEPT) kept.clear();
        kept.set(word, labels);
      }
      for (const one of labels) symbols.push(one);
      return symbols.length < MAX_SYMBOLS;
    });
    return symbols;
  });
  const labelsOf = (word: string): Symbols => {
    const found: (readonly number[])[] = [];
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
      found.push(fitting.size === 0 ? UNKNOWN : [...fitting]);
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
  };
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
