import type { Symbols } from './vocabulary.ts';

/** A part of a clause: up to so many symbols that do not matter, or one of several phrases. A phrase is the labels of its words. */
export type Element =
  | { readonly kind: 'gap'; readonly upTo: number; readonly source: string }
  | { readonly kind: 'phrases'; readonly phrases: readonly (readonly number[])[]; readonly source: string };

/** Many clauses in one tree by what they begin with, so that a text is read once for all of them. */
export interface ClauseTree {
  /** Enters a clause under a number. Elements of one source are taken for the same. */
  enter(elements: readonly Element[], clause: number): void;
  /** The numbers of the clauses that stand anywhere in the symbols, each once, in no order. */
  find(symbols: Symbols): number[];
}

/** A place in the tree: what may follow, and the clauses that are whole here. */
interface Node {
  readonly number: number;
  readonly ends: number[];
  /** Phrases that may follow, by the label of their first word. */
  readonly byLabel: Map<number, Step[]>;
  /** The same by the class of the first word, as far as it has been asked for. */
  readonly byClass: Map<number, readonly Step[]>;
  readonly gaps: { readonly upTo: number; readonly to: Node }[];
  readonly edges: Map<string, Node>;
}

/** A phrase whose first word has been seen: its other words, and where it leads. */
interface Step {
  readonly rest: readonly number[];
  readonly to: Node;
}

/** Texts have fewer symbols than this, so that a node and a place make one number. */
const PLACES = 4096;
/** Arrivals of one text before it is written down which node has been asked about which place: few texts come near it. */
const FREE_ARRIVALS = 500;
const NONE: readonly Step[] = [];

/** An empty tree. `labelsOf` tells the labels of a class of words, which never change. */
export function newClauseTree(labelsOf: LabelsOf): ClauseTree {
  const root = newNode(0);
  const nodes = [root];
  /** What may follow the root, by class: most words of a text begin no clause. */
  const firsts: (readonly Step[])[] = [NONE];
  return {
    enter(elements, clause) {
      let node = root;
      for (const element of elements) {
        let next = node.edges.get(element.source);
        if (next === undefined) {
          next = newNode(nodes.length);
          nodes.push(next);
          node.edges.set(element.source, next);
          join(node, element, next);
        }
        node = next;
      }
      node.ends.push(clause);
      firsts.length = 1;
      for (const { byClass } of nodes) byClass.clear();
    },
    find(symbols) {
      let search: Search | undefined;
      for (let at = 0; at < symbols.length; at++) {
        const wordClass = symbols[at] as number;
        if (wordClass === 0) continue;
        while (firsts.length <= wordClass) firsts.push(stepsOf(root, firsts.length, labelsOf));
        const steps = firsts[wordClass] as readonly Step[];
        if (steps.length === 0) continue;
        search ??= new Search(symbols, labelsOf);
        search.take(steps, at);
      }
      return search === undefined ? [] : search.found;
    },
  };
}

type LabelsOf = (wordClass: number) => readonly number[];

function stepsOf(node: Node, wordClass: number, labelsOf: LabelsOf): readonly Step[] {
  const steps = labelsOf(wordClass).flatMap((label) => node.byLabel.get(label) ?? NONE);
  return steps.length === 0 ? NONE : steps;
}

/** One text on its way through the tree. */
class Search {
  readonly found: number[] = [];
  readonly #symbols: Symbols;
  readonly #labelsOf: LabelsOf;
  /** Each place of a long text is looked at once from each node, so hostile repetition costs no more than their product. */
  #visited: Set<number> | undefined;
  #arrivals = 0;

  constructor(symbols: Symbols, labelsOf: LabelsOf) {
    this.#symbols = symbols;
    this.#labelsOf = labelsOf;
  }

  /** Follows the phrases whose first word stands at `at`. */
  take(steps: readonly Step[], at: number): void {
    for (let i = 0; i < steps.length; i++) {
      const { rest, to } = steps[i] as Step;
      if (rest.length === 0 || this.#stands(rest, at + 1)) this.#arrive(to, at + 1 + rest.length);
    }
  }

  #arrive(node: Node, at: number): void {
    for (const clause of node.ends) if (!this.found.includes(clause)) this.found.push(clause);
    if (node.byLabel.size === 0 && node.gaps.length === 0) return;
    if (++this.#arrivals > FREE_ARRIVALS) {
      this.#visited ??= new Set();
      const key = node.number * PLACES + at;
      if (this.#visited.has(key)) return;
      this.#visited.add(key);
    }
    if (node.byLabel.size > 0) this.#follow(node, at);
    for (let i = 0; i < node.gaps.length; i++) {
      const { upTo, to } = node.gaps[i] as (typeof node.gaps)[number];
      const last = Math.min(at + upTo, this.#symbols.length - 1);
      for (let place = at; place <= last; place++) this.#follow(to, place);
    }
  }

  #follow(node: Node, at: number): void {
    const wordClass = at < this.#symbols.length ? (this.#symbols[at] as number) : 0;
    if (wordClass === 0) return;
    let steps = node.byClass.get(wordClass);
    if (steps === undefined) {
      steps = stepsOf(node, wordClass, this.#labelsOf);
      node.byClass.set(wordClass, steps);
    }
    if (steps.length > 0) this.take(steps, at);
  }

  #stands(labels: readonly number[], at: number): boolean {
    const symbols = this.#symbols;
    if (at + labels.length > symbols.length) return false;
    for (let i = 0; i < labels.length; i++) {
      const wordClass = symbols[at + i] as number;
      if (wordClass === 0 || !this.#labelsOf(wordClass).includes(labels[i] as number)) return false;
    }
    return true;
  }
}

function newNode(number: number): Node {
  return { number, ends: [], byLabel: new Map(), byClass: new Map(), gaps: [], edges: new Map() };
}

function join(from: Node, element: Element, to: Node): void {
  if (element.kind === 'gap') {
    from.gaps.push({ upTo: element.upTo, to });
    return;
  }
  for (const [first, ...rest] of element.phrases) {
    const steps = from.byLabel.get(first as number);
    if (steps === undefined) from.byLabel.set(first as number, [{ rest, to }]);
    else steps.push({ rest, to });
  }
}
