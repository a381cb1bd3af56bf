import { type ClauseTree, type Element, newClauseTree } from './clause-tree.ts';
import { newVocabulary, recently, symbolsLikeText, type Vocabulary } from './vocabulary.ts';

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

/** A set of clauses, made ready so that a text is read once for all of them. */
export interface ClauseSet<Data extends ClauseData> {
  /** Every clause that stands in the text under the facts given, each once, in the order of the data. */
  match(text: string, facts: ReadonlySet<string>): readonly Data[];
  /** Makes the facts ready, where several texts are asked under the same. They must not change afterwards. */
  under(facts: ReadonlySet<string>): ClausesUnderFacts<Data>;
}

export interface ClausesUnderFacts<Data extends ClauseData> {
  /** As `match` of the set. */
  match(text: string): readonly Data[];
}

const MAX_GAP = 12;
/** One text is asked about for each recipient, with other facts. */
const MAX_TEXTS = 4;

/** Makes clauses ready. Throws on a mistake in the data, with the clause named. Sets that read the same texts share a vocabulary. */
export function compileClauses<Data extends ClauseData>(
  clauses: readonly Data[],
  classes: PhraseClasses,
  vocabulary: Vocabulary = newVocabulary(),
): ClauseSet<Data> {
  const given = clauses.map((data) => factsOf(data));
  const tree = newClauseTree(vocabulary.labels);
  const wordless = newWordless();
  for (const [index, data] of clauses.entries()) {
    const elements = elementsOf(data, classes, vocabulary);
    if (elements.length > 0) tree.enter(elements, index);
    else wordless.enter(given[index] as Given, index);
  }
  const withWords = recently(MAX_TEXTS, (text) => inOrder(tree, vocabulary, text));
  const under = (facts: ReadonlySet<string>): ClausesUnderFacts<Data> => {
    const allowed = (index: number) => allows(given[index] as Given, facts);
    const bare = wordless.find(facts).filter(allowed);
    return {
      match(text) {
        const found = text === '' ? NONE : withWords.read(text).filter(allowed);
        const all = bare.length === 0 ? found : sorted([...found, ...bare]);
        return all.map((index) => clauses[index] as Data);
      },
    };
  };
  return { match: (text, facts) => under(facts).match(text), under };
}

const NONE: readonly number[] = [];

/** True if every fact of the list is known, and none that `!` denies. */
export function holds(given: readonly string[], facts: ReadonlySet<string>): boolean {
  return given.every((fact) => (fact.startsWith('!') ? !facts.has(fact.slice(1)) : facts.has(fact)));
}

interface Given {
  readonly wanted: readonly string[];
  readonly denied: readonly string[];
}

function factsOf({ given = [] }: ClauseData): Given {
  return {
    wanted: given.filter((fact) => !fact.startsWith('!')),
    denied: given.filter((fact) => fact.startsWith('!')).map((fact) => fact.slice(1)),
  };
}

function allows({ wanted, denied }: Given, facts: ReadonlySet<string>): boolean {
  for (const fact of wanted) if (!facts.has(fact)) return false;
  for (const fact of denied) if (facts.has(fact)) return false;
  return true;
}

/** Clauses without words, by the first fact they want. */
function newWordless() {
  const byFact = new Map<string, number[]>();
  const always: number[] = [];
  return {
    enter({ wanted: [first] }: Given, index: number): void {
      if (first === undefined) always.push(index);
      else byFact.set(first, [...(byFact.get(first) ?? []), index]);
    },
    find(facts: ReadonlySet<string>): number[] {
      const found = [...always];
      for (const fact of facts) found.push(...(byFact.get(fact) ?? []));
      return found;
    },
  };
}

function inOrder(tree: ClauseTree, vocabulary: Vocabulary, text: string): readonly number[] {
  return sorted(tree.find(vocabulary.read(text)));
}

/** Few numbers are put in order faster by hand. */
function sorted(numbers: number[]): number[] {
  if (numbers.length > 40) return numbers.sort((a, b) => a - b);
  for (let i = 1; i < numbers.length; i++) {
    const number = numbers[i] as number;
    let to = i;
    for (; to > 0 && (numbers[to - 1] as number) > number; to--) numbers[to] = numbers[to - 1] as number;
    numbers[to] = number;
  }
  return numbers;
}

function elementsOf(data: ClauseData, classes: PhraseClasses, vocabulary: Vocabulary): Element[] {
  const parts = (data.clause ?? '').match(/\([^()]*\)|\S+/g) ?? [];
  if (parts.length === 0 && (data.given ?? []).length === 0) throw new Error('a clause has neither words nor facts');
  if (parts[0]?.startsWith('~') === true || parts.at(-1)?.startsWith('~') === true)
    throw new Error(`a clause begins or ends with a gap: ${data.clause}`);
  return parts.map((part): Element => {
    if (part.startsWith('~')) {
      const upTo = Number(part.slice(1));
      if (!(upTo >= 1 && upTo <= MAX_GAP)) throw new Error(`a gap is ~1 to ~${MAX_GAP}: ${data.clause}`);
      return { kind: 'gap', upTo, source: part };
    }
    const options = part.startsWith('{') ? classes[part.slice(1, -1)] : part.replace(/^\(|\)$/g, '').split('|');
    if (options === undefined) throw new Error(`there is no class ${part}: ${data.clause}`);
    return { kind: 'phrases', phrases: options.map((option) => labelsOf(option, vocabulary)), source: part };
  });
}

/** The labels of a phrase. A word may fold into several symbols (`e-mail`, or Japanese); they follow each other. */
function labelsOf(phrase: string, vocabulary: Vocabulary): number[] {
  const labels: number[] = [];
  for (const part of phrase.split(' ').filter(Boolean)) {
    const isPrefix = part.endsWith('*');
    const symbols = symbolsLikeText(isPrefix ? part.slice(0, -1) : part);
    for (const [index, symbol] of symbols.entries())
      labels.push(isPrefix && index === symbols.length - 1 ? vocabulary.prefix(symbol) : vocabulary.word(symbol));
  }
  if (labels.length === 0) throw new Error(`a phrase is empty: ${JSON.stringify(phrase)}`);
  return labels;
}
