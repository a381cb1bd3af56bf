import type { Symbols } from './vocabulary.ts';

/** A part of a clause: up to so many symbols that do not matter, or one of several phrases. A phrase is the labels of its words. */
export type Element =
  | { readonly kind: 'gap'; readonly upTo: number; readonly source: string }
  | { readonly kind: 'phrases'; readonly phrases: readonly (readonly number[])[]; readonly source: string };

/** Many clauses in one tree by what they begin with, so that a text is read once for all of them. */
export interface ClauseTree {
  /** Enters a clause under a number. Elements of one source are taken for the same. */
  enter(elements: readonly Element[], clause: number): void;
  /** The numbers of the clauses that stand anywhere in the symbols, in no order. */
  find(symbols: Symbols): number[];
}

/** A place in the tree: what may follow, and the clauses that are whole here. */
interface Node {
  readonly number: number;
  readonly ends: number[];
  /** Phrases that may follow, by the label of their first word. */
  readonly byLabel: Map<number, Step[]>;
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

export function newClauseTree(): ClauseTree {
  let nodes = 0;
  const newNode = (): Node => ({ number: nodes++, ends: [], byLabel: new Map(), gaps: [], edges: new Map() });
  const root = newNode();
  return {
    enter(elements, clause) {
      let node = root;
      for (const element of elements) {
        let next = node.edges.get(element.source);
        if (next === undefined) {
          next = newNode();
          node.edges.set(element.source, next);
          join(node, element, next);
        }
        node = next;
      }
      node.ends.push(clause);
    },
    find(symbols) {
      const found = new Set<number>();
      // Each place of the text is looked at once from each node, so hostile repetition costs no more than their product.
      const visited = new Set<number>();
      const arrive = (node: Node, at: number) => {
        for (const clause of node.ends) found.add(clause);
        if (node.byLabel.size === 0 && node.gaps.length === 0) return;
        const key = node.number * PLACES + at;
        if (visited.has(key)) return;
        visited.add(key);
        follow(node, at);
        for (const { upTo, to } of node.gaps) for (let skip = 0; skip <= upTo; skip++) follow(to, at + skip);
      };
      const follow = (node: Node, at: number) => {
        const labels = symbols[at];
        if (labels === undefined) return;
        for (const label of labels) {
          const steps = node.byLabel.get(label);
          if (steps === undefined) continue;
          for (const { rest, to } of steps) if (stands(rest, symbols, at + 1)) arrive(to, at + 1 + rest.length);
        }
      };
      for (let at = 0; at < symbols.length; at++) follow(root, at);
      return [...found];
    },
  };
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

function stands(labels: readonly number[], symbols: Symbols, at: number): boolean {
  for (let i = 0; i < labels.length; i++) if (symbols[at + i]?.includes(labels[i] as number) !== true) return false;
  return true;
}
