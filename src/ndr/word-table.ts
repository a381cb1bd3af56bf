/** A known word and its label; with `prefix`, a label for all words that start so. */
export interface KnownWord {
  readonly text: string;
  readonly label: number;
  readonly prefix: boolean;
}

/** Known words of ASCII letters and digits as a table of states, so that a text is read in one pass, without a copy of any word. */
export interface WordTable {
  /**
   * Appends the class of each word among the first `length` bytes, which are ASCII, till there are `most`. It cuts as `wordEnd` does and sees
   * the symbols of `symbolsOfWord`; the few words that it does not know to read are given to `other` by their bounds.
   */
  read(bytes: Uint8Array, length: number, most: number, into: number[], other: OtherWord): void;
}

/** Appends the classes of a word. */
export type OtherWord = (start: number, end: number, into: number[]) => void;

/** Letters, upper case like lower, and digits. */
const SIGNS = 36;
const FIRST_DIGIT = 26;
/** `-` and `_` hold words together; so do a dot and `@`, but what they join is no plain word. */
const HYPHEN = SIGNS;
const DOT = SIGNS + 1;
const AT = SIGNS + 2;
const APART = SIGNS + 3;

/** The number of a letter or digit, else what the character is to a word. */
const SIGN = Uint8Array.from({ length: 256 }, (_, c) => {
  if (c >= 0x30 && c <= 0x39) return c - 0x30 + FIRST_DIGIT;
  const lower = c | 0x20;
  if (lower >= 0x61 && lower <= 0x7a && c < 0x80) return lower - 0x61;
  const text = String.fromCharCode(c);
  return text === '-' || text === '_' ? HYPHEN : text === '.' ? DOT : text === '@' ? AT : APART;
});

/** Where the reading of a word begins, and of the label of a host name. */
const BEGINNING = 0;
const DOTTED = 1;

/** Makes the table. `classOf` numbers sets of labels; the empty set is class 0. */
export function newWordTable(words: readonly KnownWord[], classOf: (labels: ReadonlySet<number>) => number): WordTable {
  const { next, classes } = statesOf(words, classOf);
  const classOfMark = (mark: string) =>
    classOf(new Set(words.filter(({ text, prefix }) => text === mark && !prefix).map(({ label }) => label)));
  const address = classOfMark('@addr');
  const ipAddress = classOfMark('@ip');
  /** Appends the classes of the pieces of a host name in lower case. */
  const readDotted = (bytes: Uint8Array, start: number, end: number, into: number[]): void => {
    let state = DOTTED;
    for (let i = start; i < end; i++) {
      const sign = SIGN[bytes[i] as number] as number;
      if (sign < SIGNS) state = next[state * SIGNS + sign] as number;
      else {
        into.push(classes[state] as number);
        state = DOTTED;
      }
    }
    into.push(classes[state] as number);
  };
  /** Reads a word that is no plain one. Returns its end. */
  const readJoined = (bytes: Uint8Array, start: number, length: number, into: number[], other: OtherWord): number => {
    let end = start;
    let dots = 0;
    let hasAt = false;
    let hasUpper = false;
    let digitsOnly = true;
    for (; end < length; end++) {
      const c = bytes[end] as number;
      const sign = SIGN[c] as number;
      if (sign >= SIGNS) {
        if (sign === APART || !(end + 1 < length && (SIGN[bytes[end + 1] as number] as number) < SIGNS)) break;
        if (sign === DOT) dots++;
        else digitsOnly = false;
        if (sign === AT) hasAt = true;
      } else if (sign < FIRST_DIGIT) {
        digitsOnly = false;
        if (c < 0x61) hasUpper = true;
      }
    }
    if (hasAt) into.push(address);
    else if (digitsOnly && dots === 3) into.push(ipAddress);
    else if (digitsOnly || hasUpper) other(start, end, into);
    else readDotted(bytes, start, end, into);
    return end;
  };
  return {
    read(bytes, length, most, into, other) {
      for (let i = 0; i < length && into.length < most; ) {
        let sign = SIGN[bytes[i] as number] as number;
        if (sign >= SIGNS) {
          i++;
          continue;
        }
        const start = i;
        const mark = into.length;
        let state = BEGINNING;
        for (;;) {
          state = next[state * SIGNS + sign] as number;
          sign = ++i < length ? (SIGN[bytes[i] as number] as number) : APART;
          if (sign < SIGNS) continue;
          // Joints between two letters or digits alone hold a word together.
          const joined = sign !== APART && i + 1 < length && (SIGN[bytes[i + 1] as number] as number) < SIGNS;
          if (joined && sign !== HYPHEN) {
            into.length = mark;
            i = readJoined(bytes, start, length, into, other);
            break;
          }
          into.push(classes[state] as number);
          if (!joined) break;
          state = BEGINNING;
          sign = SIGN[bytes[++i] as number] as number;
        }
      }
    },
  };
}

/** States of a word that is being read: where each sign leads, and the class of the word that ends there. */
function statesOf(words: readonly KnownWord[], classOf: (labels: ReadonlySet<number>) => number) {
  const whole: Set<number>[] = [new Set(), new Set()];
  const begun: Set<number>[] = [new Set(), new Set()];
  const steps: Map<number, number>[] = [new Map(), new Map()];
  for (const { text, label, prefix } of words) {
    if (!/^\.?[a-z0-9]*$/.test(text)) continue;
    let state = text.startsWith('.') ? DOTTED : BEGINNING;
    for (let i = state === DOTTED ? 1 : 0; i < text.length; i++) {
      const from = steps[state] as Map<number, number>;
      const sign = SIGN[text.charCodeAt(i)] as number;
      state = from.get(sign) ?? steps.push(new Map()) - 1;
      from.set(sign, state);
      whole[state] ??= new Set();
      begun[state] ??= new Set();
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
  const ends: number[] = [];
  const lost = new Map<number, number>();
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
