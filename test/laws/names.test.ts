/** Files are named after the idea they hold. The names below hold none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Law, readTree, treeOf } from './tree.ts';

const EMPTY = /^(?:utils?|helpers?|common|misc|managers?|services?)$/;

const names: Law = (tree) =>
  [...tree.keys()].filter((path) => path.split('/').some((name) => EMPTY.test(name.replace(/\..*$/, ''))));

const style: Law = (tree) =>
  [...tree.keys()].filter((path) => /^(?:src|test|scripts)\/.*\.ts$/.test(path) && !/^[a-z0-9/.-]+$/.test(path));

test('no file or folder has an empty name, and sources are named in lower case with hyphens', () => {
  const tree = readTree();
  assert.deepEqual([...names(tree), ...style(tree)], []);
});

test('the law sees empty names', () => {
  const tree = treeOf({
    'src/scan/utils.ts': '',
    'src/common/a.ts': '',
    'src/edge/helper.test.ts': '',
    'src/uncommon.ts': '',
  });
  assert.deepEqual(names(tree), ['src/scan/utils.ts', 'src/common/a.ts', 'src/edge/helper.test.ts']);
  assert.deepEqual(style(treeOf({ 'src/mailMap.ts': '', 'src/mail-map.ts': '' })), ['src/mailMap.ts']);
});
