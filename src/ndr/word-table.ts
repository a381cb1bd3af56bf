/** A known word and its label; with `prefix`, a label for all words that start so. */
export interface KnownWord {
  readonly text: string;
  readonly label: number;
  readonly prefix: boolean;
}

/** Known words of ASCII letters and digits as a table of states, so that a word is looked up where it stands, without a copy of it. */
export interface WordTable {
  /** Gives the labels of each word between `start` and `end`, which hold nothing but letters, digits, `-` and `_`. */
  look(text: string, start: number, end: number, take: (labels: readonly number[]) => void): void;
}

/** Letters, upper case like lower, and digits. */
const SIGNS = 36;
/** No known word begins so. */
const LOST = 0;
const BEGINNING = 1;
const NONE: readonly number[] = [];

/** The number of a letter or digit; for all else the number behind the last. */
const SIGN = Uint8Array.from({ length: 128 }, (_, c) => {
  if (c >= 0x30 && c <= 0x39) return c - 0x30 + 26;
  const lower = c | 0x20;
  return lower >= 0x61 && lower <= 0x7a ? lower - 0x61 : SIGNS;
});

export function newWordTable(words: readonly KnownWord[]): WordTable {
  const plain = words.filter(({ text }) => /^[a-z0-9]+$/.test(text));
  const room = plain.reduce((sum, { text }) => sum + text.length, 2);
  const next = new Uint16Array(room * SIGNS);
  /** Labels of the word that ends in a state, and of all that go on from it. */
  const whole: (readonly number[])[] = [NONE, NONE];
  const begun: (readonly number[])[] = [NONE, NONE];
  for (const { text, label, prefix } of plain) {
    let state = BEGINNING;
    for (let i = 0; i < text.length; i++) {
      const at = state * SIGNS + (SIGN[text.charCodeAt(i)] as number);
      if (next[at] === LOST) next[at] = whole.push(NONE) - 1;
      state = next[at] as number;
      begun[state] ??= NONE;
    }
    const list = prefix ? begun : whole;
    list[state] = [...(list[state] as readonly number[]), label];
  }
  // A state has a greater number than the one it follows, so that one pass hands prefixes on.
  for (let state = BEGINNING; state < whole.length; state++) {
    const own = begun[state] as readonly number[];
    whole[state] = join(whole[state] as readonly number[], own);
    for (let sign = 0; sign < SIGNS && own.length > 0; sign++) {
      const to = next[state * SIGNS + sign] as number;
      if (to !== LOST) begun[to] = join(begun[to] as readonly number[], own);
    }
  }
  return {
    look(text, start, end, take) {
      let state = BEGINNING;
      let last = BEGINNING;
      let from = start;
      for (let i = start; i <= end; i++) {
        const sign = i < end ? (SIGN[text.charCodeAt(i)] as number) : SIGNS;
        if (sign !== SIGNS) {
          if (state === LOST) continue;
          last = state;
          state = next[state * SIGNS + sign] as number;
          continue;
        }
        if (i > from) take((state === LOST ? begun[last] : whole[state]) as readonly number[]);
        from = i + 1;
        state = BEGINNING;
      }
    },
  };
}

function join(a: readonly number[], b: readonly number[]): readonly number[] {
  if (a.length === 0 || b.length === 0) return a.length === 0 ? b : a;
  return [...new Set([...a, ...b])];
}
