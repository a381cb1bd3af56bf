/** No file imports itself by way of others, not even for a type: each can be read and moved with what stands below it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, type Law, readTree, sources, treeOf } from './tree.ts';

const cycles: Law = (tree) => {
  const broken: string[] = [];
  const done = new Set<string>();
  const way: string[] = [];
  const visit = (path: string): void => {
    if (done.has(path)) return;
    const at = way.indexOf(path);
    if (at >= 0) {
      broken.push([...way.slice(at), path].join(' -> '));
      return;
    }
    way.push(path);
    for (const { to } of importsOf(path, tree.get(path) ?? '')) if (to.endsWith('.ts') && tree.has(to)) visit(to);
    way.pop();
    done.add(path);
  };
  for (const [path] of sources(tree)) visit(path);
  return broken;
};

test('no import cycle', () => {
  assert.deepEqual(cycles(readTree()), []);
});

test('the law sees a cycle, also one of types', () => {
  const tree = treeOf({
    'src/a.ts': "import './b.ts';",
    'src/b.ts': "import type { C } from './c.ts';",
    'src/c.ts': "import './a.ts';",
    'src/d.ts': "import './a.ts';",
  });
  assert.deepEqual(cycles(tree), ['src/a.ts -> src/b.ts -> src/c.ts -> src/a.ts']);
});
