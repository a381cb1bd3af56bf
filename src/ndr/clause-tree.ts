import { newFinder, type TreeNode, type TreeStep } from './flat-tree.ts';
import type { ClassLabels, Symbols } from './vocabulary.ts';

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

/** A node that may still grow. */
interface Node extends TreeNode {
  readonly ends: number[];
  readonly byLabel: Map<number, TreeStep[]>;
  readonly gaps: { readonly upTo: number; readonly to: number }[];
  /** The nodes that elements lead to, by the element's source. */
  readonly edges: Map<string, number>;
}

/** An empty tree. `labels` are those of the vocabulary whose texts are looked through. */
export function newClauseTree(labels: ClassLabels): ClauseTree {
  const nodes = [newNode()];
  let find: ((symbols: Symbols) => number[]) | undefined;
  return {
    enter(elements, clause) {
      let node = nodes[0] as Node;
      for (const element of elements) {
        let to = node.edges.get(element.source);
        if (to === undefined) {
          to = nodes.push(newNode()) - 1;
          node.edges.set(element.source, to);
          join(node, element, to);
        }
        node = nodes[to] as Node;
      }
      node.ends.push(clause);
      find = undefined;
    },
    find(symbols) {
      find ??= newFinder(nodes, labels);
      return find(symbols);
    },
  };
}

function newNode(): Node {
  return { ends: [], byLabel: new Map(), gaps: [], edges: new Map() };
}

function join(from: Node, element: Element, to: number): void {
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
