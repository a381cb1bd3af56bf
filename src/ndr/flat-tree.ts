import type { ClassLabels, Symbols } from './vocabulary.ts';

/** A place in a tree of clauses: what may follow, and the clauses that are whole here. The first is the root. */
export interface TreeNode {
  readonly ends: readonly number[];
  /** Phrases that may follow, by the label of their first word. */
  readonly byLabel: ReadonlyMap<number, readonly TreeStep[]>;
  readonly gaps: readonly { readonly upTo: number; readonly to: number }[];
}

/** A phrase whose first word has been seen: its other words, and the number of the node that it leads to. */
export interface TreeStep {
  readonly rest: readonly number[];
  readonly to: number;
}

/** Texts have fewer symbols than this, so that a node and a place make one number. */
const PLACES = 4096;
/** Arrivals of one text before it is written down which node has been asked about which place: few texts come near it. */
const FREE_ARRIVALS = 500;
const NOTHING = 0;

/**
 * Makes a finder of the clauses that stand anywhere in a text, each once, in no order. The tree is laid out as a few rows of numbers, since to wait
 * for memory is what walking it costs.
 */
export function newFinder(nodes: readonly TreeNode[], labels: ClassLabels): (symbols: Symbols) => number[] {
  const { keys, values, steps } = layOutSteps(nodes);
  const mask = keys.length - 1;
  const ends = layOutLists(nodes.map((node) => node.ends));
  const gaps = layOutLists(nodes.map((node) => node.gaps.flatMap(({ upTo, to }) => [upTo, to])));
  const { first, more } = labels;
  const goesOn = Uint8Array.from(nodes, ({ byLabel }) => Math.min(byLabel.size, 1));
  const isFound = new Uint8Array(1 + Math.max(0, ...nodes.flatMap((node) => node.ends)));
  let symbols: Symbols = [];
  let found: number[] = [];
  let arrivals = 0;
  /** Each place of a long text is looked at once from each node, so hostile repetition costs no more than their product. */
  let visited: Set<number> | undefined;

  const fits = (at: number, label: number): boolean => {
    const wordClass = symbols[at] as number;
    return first[wordClass] === label || more[wordClass]?.includes(label) === true;
  };
  const stands = (rest: number, length: number, at: number): boolean => {
    if (at + length > symbols.length) return false;
    for (let i = 0; i < length; i++) if (!fits(at + i, steps[rest + i] as number)) return false;
    return true;
  };
  /** Follows the phrases of a node that begin with a label, the word of which stands at `at`. */
  const step = (node: number, label: number, at: number): void => {
    const key = keyOf(node, label);
    let slot = slotOf(key, mask);
    while (keys[slot] !== key) {
      if (keys[slot] === NOTHING) return;
      slot = (slot + 1) & mask;
    }
    let place = values[slot] as number;
    for (let left = steps[place++] as number; left > 0; left--) {
      const to = steps[place] as number;
      const length = steps[place + 1] as number;
      if (length === 0 || stands(place + 2, length, at + 1)) arrive(to, at + 1 + length);
      place += 2 + length;
    }
  };
  const follow = (node: number, at: number): void => {
    const wordClass = symbols[at] as number;
    if (wordClass === 0) return;
    step(node, first[wordClass] as number, at);
    const others = more[wordClass];
    if (others !== undefined) for (const label of others) step(node, label, at);
  };
  const arrive = (node: number, at: number): void => {
    let end = ends.starts[node] as number;
    for (const stop = ends.starts[node + 1] as number; end < stop; end++) {
      const clause = ends.items[end] as number;
      if (isFound[clause] === 0) found.push(clause);
      isFound[clause] = 1;
    }
    if (at >= symbols.length || (goesOn[node] === 0 && gaps.starts[node] === gaps.starts[node + 1])) return;
    if (++arrivals > FREE_ARRIVALS) {
      visited ??= new Set();
      const key = node * PLACES + at;
      if (visited.has(key)) return;
      visited.add(key);
    }
    if (goesOn[node] === 1) follow(node, at);
    let gap = gaps.starts[node] as number;
    for (const stop = gaps.starts[node + 1] as number; gap < stop; gap += 2) {
      const to = gaps.items[gap + 1] as number;
      const last = Math.min(at + (gaps.items[gap] as number), symbols.length - 1);
      for (let place = at; place <= last; place++) follow(to, place);
    }
  };
  /** By class, whether a clause begins with such a word; most words begin none. */
  const begins: boolean[] = [false];
  const beginsWith = (wordClass: number): boolean => {
    const labelsOfClass = [first[wordClass] as number, ...(more[wordClass] ?? [])];
    return labelsOfClass.some((label) => nodes[0]?.byLabel.has(label) === true);
  };
  return (text) => {
    symbols = text;
    found = [];
    arrivals = 0;
    visited = undefined;
    for (let wordClass = begins.length; wordClass < first.length; wordClass++) begins.push(beginsWith(wordClass));
    for (let at = 0; at < text.length; at++) if (begins[text[at] as number] === true) follow(0, at);
    for (const clause of found) isFound[clause] = 0;
    return found;
  };
}

/** Greater than any label. */
const LABELS = 1 << 15;

function keyOf(node: number, label: number): number {
  return node * LABELS + label + 1;
}

function slotOf(key: number, mask: number): number {
  const mixed = Math.imul(key, 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) & mask;
}

/** A table from node and label to a row of steps: how many, and for each where it leads, how many words it has left, and these. */
function layOutSteps(nodes: readonly TreeNode[]): { keys: Int32Array; values: Int32Array; steps: Int32Array } {
  const entries = nodes.flatMap(({ byLabel }, node) =>
    [...byLabel].map(([label, to]) => ({ key: keyOf(node, label), to })),
  );
  const size = 2 ** Math.ceil(Math.log2(2 * entries.length + 2));
  const keys = new Int32Array(size);
  const values = new Int32Array(size);
  const steps: number[] = [];
  for (const { key, to } of entries) {
    let slot = slotOf(key, size - 1);
    while (keys[slot] !== NOTHING) slot = (slot + 1) & (size - 1);
    keys[slot] = key;
    values[slot] = steps.length;
    steps.push(to.length, ...to.flatMap((one) => [one.to, one.rest.length, ...one.rest]));
  }
  return { keys, values, steps: Int32Array.from(steps) };
}

/** Lists one behind the other; the list of `n` goes from `starts[n]` to `starts[n + 1]`. */
function layOutLists(lists: readonly (readonly number[])[]): { starts: Int32Array; items: Int32Array } {
  const starts = new Int32Array(lists.length + 1);
  for (const [index, list] of lists.entries()) starts[index + 1] = (starts[index] as number) + list.length;
  return { starts, items: Int32Array.from(lists.flat()) };
}
