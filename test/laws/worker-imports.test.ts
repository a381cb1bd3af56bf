/** A worker of the edge carries nothing that only reading a command line or a configuration needs: there are as many of it as cores. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, type Law, readTree, treeOf } from './tree.ts';

const WORKER = 'src/apps/edge/worker.ts';
/** Packages of many megabytes once they are loaded. */
const HEAVY = new Set(['commander', 'yaml', 'zod']);

const light: Law = (tree) => {
  const broken: string[] = [];
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { to, typeOnly } of importsOf(path, tree.get(path) ?? '')) {
      if (typeOnly) continue;
      if (HEAVY.has(to)) broken.push(`${path} imports ${to}, and a worker imports ${path}`);
      if (tree.has(to)) visit(to);
    }
  };
  assert.ok(tree.has(WORKER));
  visit(WORKER);
  return broken;
};

test('a worker loads no command line and no reader of configurations', () => {
  assert.deepEqual(light(readTree()), []);
});

test('the law sees what is imported by way of others, now or later, and leaves types alone', () => {
  const tree = treeOf({
    [WORKER]: "import './a.ts'; import type { Z } from 'zod';",
    'src/apps/edge/a.ts': "const load = () => import('./b.ts');",
    'src/apps/edge/b.ts': "import { z } from 'zod';",
  });
  assert.deepEqual(light(tree), ['src/apps/edge/b.ts imports zod, and a worker imports src/apps/edge/b.ts']);
});
