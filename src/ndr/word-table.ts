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
  read(bytes: Uint8Array, length: number, most: number, into: Row, other: OtherWord): void;
}

/** Appends the classes of a word. */
export type OtherWord = (start: number, end: number, into: Row) => void;

/** Numbers of one text after the other: it keeps its room, where a new list would grow anew for each. */
export class Row {
  length = 0;
  readonly #items: number[] = [];

  push(item: number): void {
    this.#items[this.length++] = item;
  }

  /** What is there, as a list; the row is empty then. */
  take(): number[] {
    const taken = this.#items.slice(0, this.length);
    this.length = 0;
    return taken;
  }
}

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
  /** True if a clause may know a number with dots. */
  const knowsNumbers = words.some(({ text, prefix }) => /^\d[\d.]*$/.test(text) && (prefix || text.includes('.')));
  /** Appends the classes of the pieces of a host name in lower case. */
  const readDotted = (bytes: Uint8Array, start: number, end: number, into: Row): void => {
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
  const readJoined = (bytes: Uint8Array, start: number, length: number, into: Row, other: OtherWord): number => {
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
    else if (digitsOnly && !knowsNumbers) into.push(0);
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
            if (into.length > mark) into.length = mark;
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
  // Beginnings of all words come before longer pieces, so that what is read most lies together in memory.
  const pieces = new Set<string>(['', '.']);
  const plain = words.filter(({ text }) => /^\.?[a-z0-9]*$/.test(text));
  for (const { text } of plain) for (let length = 1; length <= text.length; length++) pieces.add(text.slice(0, length));
  const states = [...pieces].sort((a, b) => lengthOf(a) - lengthOf(b));
  const numbers = new Map(states.map((piece, state) => [piece, state]));
  const whole = states.map(() => new Set<number>());
  const begun = states.map(() => new Set<number>());
  for (const { text, label, prefix } of plain) (prefix ? begun : whole)[numbers.get(text) as number]?.add(label);
  // A state has a greater number than the one it follows, so that one pass hands prefixes on.
  for (const [state, piece] of states.entries())
    if (lengthOf(piece) > 0)
      for (const label of begun[numbers.get(piece.slice(0, -1)) as number] as Set<number>) begun[state]?.add(label);
  // Where no known word goes on, the prefixes read so far are all that will be: a state that only leads to itself.
  const lost = new Map<number, number>();
  const classes: number[] = [];
  const ends: number[] = [];
  for (const [state, own] of begun.entries()) {
    classes.push(classOf(new Set([...(whole[state] as Set<number>), ...own])));
    const left = classOf(own);
    if (!lost.has(left)) lost.set(left, states.length + lost.size);
    ends.push(lost.get(left) as number);
  }
  classes.push(...lost.keys());
  const next = Uint16Array.from({ length: classes.length * SIGNS }, (_, at) => {
    const state = Math.floor(at / SIGNS);
    return ends[state] ?? state;
  });
  for (const [state, piece] of states.entries())
    if (lengthOf(piece) > 0)
      next[(numbers.get(piece.slice(0, -1)) as number) * SIGNS + (SIGN[piece.charCodeAt(piece.length - 1)] as number)] =
        state;
  return { next, classes: Uint16Array.from(classes) };
}

/** Letters and digits of a piece; its first dot is a beginning of its own. */
function lengthOf(piece: string): number {
  return piece.startsWith('.') ? piece.length - 1 : piece.length;
}
