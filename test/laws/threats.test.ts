/**
 * The threat matrix holds the parts together: it names each check, attack, filter and host check there is, each of them says which row
 * it belongs to, and what a row still lacks stands in one list.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listedRules } from '../../scripts/rule-lists.ts';
import { TO_COME } from './to-come.ts';
import { importsOf, ROOT, readTree, type Tree, treeOf } from './tree.ts';

type Part = 'scan' | 'drill' | 'edge' | 'host';
interface Row extends Readonly<Record<Part, readonly string[]>> {
  readonly id: string;
  readonly attacker: string;
}

/** Where the files of a part lie. An edge row may be met by a filter or a scrub. */
const FOLDERS: Readonly<Record<Part, readonly string[]>> = {
  scan: ['src/scan/checks'],
  drill: ['src/drill/attacks'],
  edge: ['src/edge/filters', 'src/edge/scrubs'],
  host: ['src/host/checks'],
};
const PARTS = Object.keys(FOLDERS) as readonly Part[];

function matrix(rows: readonly Row[], toCome: readonly string[], tree: Tree): readonly string[] {
  const named = new Set(rows.flatMap((row) => PARTS.flatMap((part) => row[part].map((name) => `${part}/${name}`))));
  const there = new Set(
    PARTS.flatMap((part) => FOLDERS[part].flatMap((folder) => listed(tree, folder).map((name) => `${part}/${name}`))),
  );
  return [
    ...rows.filter((row) => PARTS.every((part) => row[part].length === 0)).map(({ id }) => `${id} is met by nothing`),
    ...rows
      .filter(({ drill, edge, host }) => drill.length > 0 && edge.length + host.length === 0)
      .map(({ id }) => `${id} has an attack that no control meets`),
    ...[...named]
      .filter((name) => !there.has(name) && !toCome.includes(name))
      .map((name) => `${name} is named and not there`),
    ...[...there].filter((name) => !named.has(name)).map((name) => `${name} meets no row`),
    ...toCome.filter((name) => there.has(name)).map((name) => `${name} has come: take it off the list`),
    ...toCome.filter((name) => !named.has(name)).map((name) => `${name} is to come and no row names it`),
  ];
}

/** The names of the files that a list folder's `index.ts` imports. */
function listed(tree: Tree, folder: string): readonly string[] {
  const index = `${folder}/index.ts`;
  return importsOf(index, tree.get(index) ?? '')
    .filter(({ to, typeOnly }) => !typeOnly && to.startsWith(`${folder}/`))
    .map(({ to }) => to.slice(folder.length + 1).replace(/\.ts$/, ''));
}

const { rows } = JSON.parse(readFileSync(join(ROOT, 'src/knowledge/threats/matrix.json'), 'utf8')) as {
  rows: readonly Row[];
};

test('the matrix names what there is, and what it names is there or to come', () => {
  assert.deepEqual(matrix(rows, TO_COME, readTree()), []);
});

test('each rule belongs to a row of the matrix', async () => {
  const ids = new Set(rows.map(({ id }) => id));
  const lost = (await listedRules())
    .filter(({ rule }) => !ids.has(rule.threat))
    .map(({ rule }) => `${rule.id}: ${rule.threat}`);
  assert.deepEqual(lost, []);
});

test('the law sees what is missing, unmet, come and unnamed', () => {
  const row = (id: string, some: Partial<Row>): Row => ({
    id,
    attacker: '',
    scan: [],
    drill: [],
    edge: [],
    host: [],
    ...some,
  });
  const tree = treeOf({
    'src/scan/checks/index.ts':
      "import { a } from './a.ts';\nimport { b } from './b.ts';\nimport type { C } from '../check.ts';",
  });
  const broken = matrix(
    [row('x/one', { scan: ['a', 'gone'] }), row('x/two', { drill: ['trick'] }), row('x/three', {})],
    ['drill/trick', 'scan/a', 'host/never'],
    tree,
  );
  assert.deepEqual(broken, [
    'x/three is met by nothing',
    'x/two has an attack that no control meets',
    'scan/gone is named and not there',
    'scan/b meets no row',
    'scan/a has come: take it off the list',
    'host/never is to come and no row names it',
  ]);
});
