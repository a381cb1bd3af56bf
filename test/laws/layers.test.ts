/** Imports point down only, parts of one height never import one another, and only `net` and `apps` open sockets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, type Law, readTree, sources, treeOf } from './tree.ts';

/** What a folder may import beside itself. `type:x` allows types of `x` alone. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  wire: [],
  knowledge: ['wire'],
  finding: ['wire'],
  net: ['finding', 'wire'],
  store: ['finding', 'wire'],
  report: ['finding', 'wire'],
  platform: ['finding', 'knowledge', 'wire', 'type:net'],
  ndr: ['finding', 'knowledge', 'wire', 'type:net'],
  'sender-auth': ['finding', 'knowledge', 'wire', 'type:net'],
  ...Object.fromEntries(
    ['scan', 'edge', 'drill', 'host', 'range'].map((part) => [
      part,
      ['ndr', 'platform', 'sender-auth', 'finding', 'knowledge', 'wire', 'type:net', 'type:store'],
    ]),
  ),
};
const SOCKETS = /^(?:node:)?(?:net|tls|dns|dgram|https?|http2)(?:\/|$)/;
const OPENS_SOCKETS = new Set(['net', 'apps']);

const layers: Law = (tree) => {
  const broken: string[] = [];
  for (const [path, text] of sources(tree)) {
    const part = path.split('/').length > 2 ? path.split('/')[1]! : 'apps'; // src/index.ts is the front door
    const allowed = MAY_IMPORT[part];
    if (part !== 'apps' && allowed === undefined) broken.push(`${path} is in a folder that has no layer`);
    for (const { to, typeOnly } of importsOf(path, text)) {
      if (SOCKETS.test(to) && !OPENS_SOCKETS.has(part)) broken.push(`${path} imports ${to}`);
      if (part === 'apps' || !to.startsWith('src/')) continue;
      const target = to.split('/')[1]!;
      if (target === part || allowed?.includes(target) || (typeOnly && allowed?.includes(`type:${target}`))) continue;
      broken.push(`${path} imports ${typeOnly ? 'a type of ' : ''}${to}`);
    }
  }
  return broken;
};

test('imports point down only', () => {
  assert.deepEqual(layers(readTree()), []);
});

test('the law sees imports that point up or sideways, values of net, sockets, and folders without a layer', () => {
  const tree = treeOf({
    'src/wire/a.ts': "import type { B } from '../finding/b.ts';",
    'src/scan/b.ts':
      "import { c } from '../edge/c.ts';\nimport type { N } from '../net/n.ts';\nimport { m } from '../net/m.ts';",
    'src/ndr/c.ts': "export * from 'node:net';\nexport const load = () => import('../scan/b.ts');",
    'src/new/d.ts': '',
    'src/apps/e.ts': "import 'node:net'; import '../scan/b.ts';",
    'src/wire/a.test.ts': "import '../scan/b.ts';",
  });
  assert.deepEqual(layers(tree), [
    'src/wire/a.ts imports a type of src/finding/b.ts',
    'src/scan/b.ts imports src/edge/c.ts',
    'src/scan/b.ts imports src/net/m.ts',
    'src/ndr/c.ts imports node:net',
    'src/ndr/c.ts imports src/scan/b.ts',
    'src/new/d.ts is in a folder that has no layer',
  ]);
});
