import { type Symbols, symbolsOf } from './symbols.ts';

/** A clause as the data file has it. Either part may be missing, not both. */
export interface ClauseData {
  /**
   * Words in order. `word*` is any word that starts so; `{class}` is any phrase of that class; `(a b|c)` and `a|b` are any of the phrases; `~n` leaves out up to n
   * symbols. Words are written as they stand in a text; they are folded in the same way.
   */
  readonly clause?: string;
  /** Facts that must hold beside the words, as `status:5.1.1`, `reply:550`, `command:data`, `form:exim`; `!` before one denies it. */
  readonly given?: readonly string[];
}

/** Classes of phrases that clauses share. */
export type PhraseClasses = Readonly<Record<string, readonly string[]>>;

/** A clause made ready: `match` tells whether it stands in the symbols of a text. */
export interface CompiledClause<Data extends ClauseData> {
  readonly data: Data;
  readonly elements: readonly Element[];
  readonly wanted: readonly string[];
  readonly denied: readonly string[];
}

type Element =
  | { readonly kind: 'gap'; readonly upTo: number }
  | { readonly kind: 'phrase'; readonly options: PhraseSet };

/** Phrases by the word they start with, and those that start with a `word*`. */
interface PhraseSet {
  readonly byWord: ReadonlyMap<string, readonly Phrase[]>;
  readonly byPrefix: readonly Phrase[];
}
type Phrase = readonly Word[];
type Word = { readonly text: string; readonly prefix: boolean };

/** A clause may not grow beyond this many open readings at once. */
const MAX_STATES = 48;
const MAX_GAP = 12;

/** A set of clauses, indexed by their first word, so that a text is read once. */
export interface ClauseSet<Data extends ClauseData> {
  /** Every clause that stands in the text under the facts given, each once, in the order of the data. */
  match(text: string, facts: ReadonlySet<string>): Data[];
}

/** Makes clauses ready. Throws on a mistake in the data, with the clause named. */
export function compileClauses<Data extends ClauseData>(
  clauses: readonly Data[],
  classes: PhraseClasses,
): ClauseSet<Data> {
  const compiledClasses = new Map(
    Object.entries(classes).map(([name, phrases]) => [name, phraseSet(phrases.map(phrase))]),
  );
  const all = clauses.map((data) => compileClause(data, compiledClasses));
  const byWord = new Map<string, number[]>();
  const byPrefix = new Map<string, number[]>();
  const wordless: number[] = [];
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const [index, clause] of all.entries()) {
    const first = clause.elements[0];
    if (first === undefined) {
      wordless.push(index);
      continue;
    }
    if (first.kind === 'gap') throw new Error(`a clause starts with a gap: ${clause.data.clause}`);
    for (const word of first.options.byWord.keys()) push(byWord, word, index);
    for (const [start] of first.options.byPrefix as readonly [Word][]) {
      push(byPrefix, start.text, index);
      shortest = Math.min(shortest, start.text.length);
      longest = Math.max(longest, start.text.length);
    }
  }
  return {
    match(text, facts) {
      const symbols = symbolsOf(text);
      const found = new Set<number>();
      const allows = (clause: CompiledClause<Data>) =>
        clause.wanted.every((fact) => facts.has(fact)) && !clause.denied.some((fact) => facts.has(fact));
      const tryAt = (candidates: readonly number[] | undefined, at: number) => {
        for (const index of candidates ?? []) {
          const clause = all[index] as CompiledClause<Data>;
          if (!found.has(index) && allows(clause) && standsAt(clause.elements, symbols, at)) found.add(index);
        }
      };
      for (const index of wordless) if (allows(all[index] as CompiledClause<Data>)) found.add(index);
      for (let at = 0; at < symbols.plain.length; at++) {
        const word = symbols.plain[at] as string;
        tryAt(byWord.get(word), at);
        const dotted = symbols.dotted[at] as string;
        if (dotted !== '' && dotted !== word) tryAt(byWord.get(dotted), at);
        for (let length = shortest; length <= longest && length <= word.length; length++) {
          tryAt(byPrefix.get(word.slice(0, length)), at);
        }
      }
      return [...found].sort((a, b) => a - b).map((index) => (all[index] as CompiledClause<Data>).data);
    },
  };
}

/** True if every fact of the list is known, and none that `!` denies. */
export function holds(given: readonly string[], facts: ReadonlySet<string>): boolean {
  return given.every((fact) => (fact.startsWith('!') ? !facts.has(fact.slice(1)) : facts.has(fact)));
}

function compileClause<Data extends ClauseData>(
  data: Data,
  classes: ReadonlyMap<string, PhraseSet>,
): CompiledClause<Data> {
  const elements =
    (data.clause ?? '').match(/\([^()]*\)|\S+/g)?.map((part): Element => {
      if (part.startsWith('~')) {
        const upTo = Number(part.slice(1));
        if (!(upTo >= 1 && upTo <= MAX_GAP)) throw new Error(`a gap is ~1 to ~${MAX_GAP}: ${data.clause}`);
        return { kind: 'gap', upTo };
      }
      if (part.startsWith('{')) {
        const options = classes.get(part.slice(1, -1));
        if (options === undefined) throw new Error(`there is no class ${part}: ${data.clause}`);
        return { kind: 'phrase', options };
      }
      const options = part.replace(/^\(|\)$/g, '').split('|');
      // A word may fold into several symbols (`e-mail`, or Japanese); they follow each other.
      return { kind: 'phrase', options: phraseSet(options.map(phrase)) };
    }) ?? [];
  const given = data.given ?? [];
  if (elements.length === 0 && given.length === 0) throw new Error('a clause has neither words nor facts');
  return {
    data,
    elements,
    wanted: given.filter((fact) => !fact.startsWith('!')),
    denied: given.filter((fact) => fact.startsWith('!')).map((fact) => fact.slice(1)),
  };
}

function phrase(text: string): Phrase {
  const words: Word[] = [];
  for (const part of text.split(' ').filter(Boolean)) {
    const prefix = part.endsWith('*');
    const bare = prefix ? part.slice(0, -1) : part;
    // Marks that symbols themselves carry are kept; all else is folded as a text is.
    const symbols = bare.startsWith('@') || bare.startsWith('.') ? [bare.toLowerCase()] : symbolsOf(bare).plain;
    for (const [index, symbol] of symbols.entries())
      words.push({ text: symbol, prefix: prefix && index === symbols.length - 1 });
  }
  if (words.length === 0) throw new Error(`a phrase is empty: ${JSON.stringify(text)}`);
  return words;
}

function phraseSet(phrases: readonly Phrase[]): PhraseSet {
  const byWord = new Map<string, Phrase[]>();
  const byPrefix: Phrase[] = [];
  for (const words of phrases) {
    const first = words[0] as Word;
    if (first.prefix) byPrefix.push(words);
    else push(byWord, first.text, words);
  }
  return { byWord, byPrefix };
}

/** True if the elements stand in the symbols from `at` on. Keeps a bounded set of readings and never goes back. */
function standsAt(elements: readonly Element[], symbols: Symbols, at: number): boolean {
  let states: number[] = [at];
  for (const element of elements) {
    const next: number[] = [];
    for (const state of states) {
      if (element.kind === 'gap') {
        for (let skip = 0; skip <= element.upTo && next.length < MAX_STATES; skip++) addOnce(next, state + skip);
      } else {
        phraseEnds(element.options, symbols, state, next);
      }
    }
    if (next.length === 0) return false;
    states = next;
  }
  return true;
}

function phraseEnds(options: PhraseSet, symbols: Symbols, at: number, ends: number[]): void {
  const plain = symbols.plain[at];
  if (plain === undefined) return;
  const dotted = symbols.dotted[at] as string;
  for (const phrase of options.byWord.get(plain) ?? [])
    if (followsFrom(phrase, symbols, at)) addOnce(ends, at + phrase.length);
  if (dotted !== '' && dotted !== plain) {
    for (const phrase of options.byWord.get(dotted) ?? [])
      if (followsFrom(phrase, symbols, at)) addOnce(ends, at + phrase.length);
  }
  for (const phrase of options.byPrefix) {
    if (wordFits(phrase[0] as Word, symbols, at) && followsFrom(phrase, symbols, at)) addOnce(ends, at + phrase.length);
  }
}

/** True if the words after the first one stand there. */
function followsFrom(phrase: Phrase, symbols: Symbols, at: number): boolean {
  for (let i = 1; i < phrase.length; i++) if (!wordFits(phrase[i] as Word, symbols, at + i)) return false;
  return true;
}

function wordFits(word: Word, symbols: Symbols, at: number): boolean {
  const plain = symbols.plain[at];
  if (plain === undefined) return false;
  if (word.prefix) return plain.startsWith(word.text);
  return plain === word.text || symbols.dotted[at] === word.text;
}

function addOnce(list: number[], value: number): void {
  if (list.length < MAX_STATES && !list.includes(value)) list.push(value);
}

function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else if (!list.includes(value)) list.push(value);
}
