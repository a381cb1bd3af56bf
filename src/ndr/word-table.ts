import { wordEnd } from './symbols.ts';

/** A known word and its label; with `prefix`, a label for all words that start so. */
export interface KnownWord {
  readonly text: string;
  readonly label: number;
  readonly prefix: boolean;
}

/** Known words of ASCII letters and digits as a table of states, so that a text is read in one pass, without a copy of any word. */
export interface WordTable {
  /**
   * Appends the class of each word of a folded text, till there are `most`. Words of other signs than letters, digits, `-` and `_` are given
   * to `other`, which appends for itself.
   */
  read(folded: string, most: number, into: number[], other: (word: string, into: number[]) => void): void;
}

/** Letters, upper case like lower, and digits. */
const SIGNS = 36;
/** `-` and `_` hold words together; so do a dot and `@`, but what they join is no plain word. */
const HYPHEN = SIGNS;
const DOT = SIGNS + 1;
const APART = SIGNS + 2;
const BEGINNING = 0;

/** The number of a letter or digit, else what the character is to a word. */
const SIGN = Uint8Array.from({ length: 128 }, (_, c) => {
  if (c >= 0x30 && c <= 0x39) return c - 0x30 + 26;
  const lower = c | 0x20;
  if (lower >= 0x61 && lower <= 0x7a) return lower - 0x61;
  const text = String.fromCharCode(c);
  return text === '-' || text === '_' ? HYPHEN : text === '.' || text === '@' ? DOT : APART;
});

/** Makes the table. `classOf` numbers sets of labels; the empty set is class 0. */
export function newWordTable(words: readonly KnownWord[], classOf: (labels: ReadonlySet<number>) => number): WordTable {
  const { next, classes } = statesOf(words, classOf);
  return {
    read(folded, most, into, other) {
      const { length } = folded;
      for (let i = 0; i < length && into.length < most; ) {
        let c = folded.charCodeAt(i);
        let sign = c < 0x80 ? (SIGN[c] as number) : DOT;
        if (sign >= SIGNS && c < 0x80) {
          i++;
          continue;
        }
        const start = i;
        const mark = into.length;
        let state = BEGINNING;
        while (sign < SIGNS) {
          state = next[state * SIGNS + sign] as number;
          c = folded.charCodeAt(++i);
          sign = c < 0x80 ? (SIGN[c] as number) : c > 0x7f ? DOT : APART;
          if (sign === HYPHEN && (SIGN[folded.charCodeAt(i + 1)] ?? APART) < SIGNS) {
            into.push(classes[state] as number);
            state = BEGINNING;
            sign = SIGN[folded.charCodeAt(++i)] as number;
          }
        }
        // Joined to what is no plain word, or alone before it.
        const end = sign === APART ? i : wordEnd(folded, start);
        if (end === i && i > start) into.push(classes[state] as number);
        else if (end === start) i = start + 1;
        else {
          into.length = mark;
          other(folded.slice(start, end), into);
          i = end;
        }
      }
    },
  };
}

/** States of a word that is being read: where each sign leads, and the class of the word that ends there. */
function statesOf(words: readonly KnownWord[], classOf: (labels: ReadonlySet<number>) => number) {
  const plain = words.filter(({ text }) => /^[a-z0-9]+$/.test(text));
  const whole: Set<number>[] = [new Set()];
  const begun: Set<number>[] = [new Set()];
  const steps: Map<number, number>[] = [new Map()];
  for (const { text, label, prefix } of plain) {
    let state = BEGINNING;
    for (let i = 0; i < text.length; i++) {
      const sign = SIGN[text.charCodeAt(i)] as number;
      let to = (steps[state] as Map<number, number>).get(sign);
      if (to === undefined) {
        to = steps.push(new Map()) - 1;
        whole.push(new Set());
        begun.push(new Set());
        (steps[state] as Map<number, number>).set(sign, to);
      }
      state = to;
    }
    ((prefix ? begun : whole)[state] as Set<number>).add(label);
  }
  // A state has a greater number than the one it follows, so that one pass hands prefixes on.
  const known = steps.length;
  for (let state = BEGINNING; state < known; state++)
    for (const to of (steps[state] as Map<number, number>).values())
      for (const label of begun[state] as Set<number>) (begun[to] as Set<number>).add(label);
  // Where no known word goes on, the prefixes read so far are all that will be: a state that only leads to itself.
  const classes: number[] = [];
  const lost = new Map<number, number>();
  const ends: number[] = [];
  for (let state = BEGINNING; state < known; state++) {
    classes.push(classOf(new Set([...(whole[state] as Set<number>), ...(begun[state] as Set<number>)])));
    const left = classOf(begun[state] as Set<number>);
    if (!lost.has(left)) lost.set(left, known + lost.size);
    ends.push(lost.get(left) as number);
  }
  classes.push(...lost.keys());
  const next = new Uint16Array(classes.length * SIGNS);
  for (let state = BEGINNING; state < classes.length; state++)
    for (let sign = 0; sign < SIGNS; sign++)
      next[state * SIGNS + sign] = state < known ? (steps[state]?.get(sign) ?? (ends[state] as number)) : state;
  return { next, classes: Uint16Array.from(classes) };
}
