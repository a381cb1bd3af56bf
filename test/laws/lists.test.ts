/**
 * A list folder holds one idea a file and one ordered list of them, `index.ts`. A file is either in the list or a part of one that is:
 * imported by another file than the list. A new file that nobody imports was forgotten.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { importsOf, type Law, readTree, sources, treeOf } from './tree.ts';

const LIST_FOLDERS = [
  'src/scan/probes',
  'src/scan/checks',
  'src/ndr/clues',
  'src/edge/filters',
  'src/edge/scrubs',
  'src/edge/rewrites',
  'src/edge/commands',
  'src/drill/attacks',
  'src/host/checks',
  'src/apps/cli/commands',
  'test/harness/servers',
];

const lists: Law = (tree) => {
  const imported = new Map<string, string[]>();
  for (const [path, text] of [...sources(tree), ...[...tree].filter(([path]) => path.startsWith('test/harness/'))]) {
    for (const { to } of importsOf(path, text)) imported.set(to, [...(imported.get(to) ?? []), path]);
  }
  return LIST_FOLDERS.flatMap((folder) => {
    const files = [...tree.keys()].filter(
      (path) =>
        path.startsWith(`${folder}/`) &&
        path.endsWith('.ts') &&
        !path.endsWith('.test.ts') &&
        path !== `${folder}/index.ts`,
    );
    if (files.length === 0) return [];
    if (!tree.has(`${folder}/index.ts`)) return [`${folder} has no index.ts`];
    return files.filter((path) => !imported.has(path)).map((path) => `${path} is in no list`);
  });
};

test('every file of a list folder is in its ordered list', () => {
  assert.deepEqual(lists(readTree()), []);
});

test('the law sees a forgotten file and a folder without a list', () => {
  const tree = treeOf({
    'src/scan/checks/index.ts': "import { spf } from './spf.ts';",
    'src/scan/checks/spf.ts': "import { words } from './spf-words.ts';",
    'src/scan/checks/spf-words.ts': '',
    'src/scan/checks/spf.test.ts': '',
    'src/scan/checks/dmarc.ts': '',
    'src/ndr/clues/hops.ts': '',
  });
  assert.deepEqual(lists(tree), ['src/scan/checks/dmarc.ts is in no list', 'src/ndr/clues has no index.ts']);
});
