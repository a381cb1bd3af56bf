/** A file of more than 400 lines holds more than one idea. Data is not counted; a file that must be long stands below with its reason. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Law, readTree, treeOf } from './tree.ts';

const LIMIT = 400;
const EXCEPTIONS: Readonly<Record<string, string>> = {};

const size: Law = (tree) =>
  [...tree]
    .filter(([path]) => path.endsWith('.ts') && !(path in EXCEPTIONS))
    .map(([path, text]) => ({ path, lines: text.split('\n').length - 1 }))
    .filter(({ lines }) => lines > LIMIT)
    .map(({ path, lines }) => `${path} has ${lines} lines`);

test('no source file is longer than 400 lines', () => {
  const tree = readTree();
  assert.deepEqual(size(tree), []);
  assert.deepEqual(
    Object.keys(EXCEPTIONS).filter((path) => !tree.has(path)),
    [],
  );
});

test('the law sees a long file', () => {
  assert.deepEqual(
    size(treeOf({ 'src/a.ts': '\n'.repeat(401), 'src/b.ts': '\n'.repeat(400), 'c.json': '\n'.repeat(999) })),
    ['src/a.ts has 401 lines'],
  );
});
