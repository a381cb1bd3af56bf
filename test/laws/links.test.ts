/** A page that links to a file of the repository links to one that is there. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { ROOT, readTree, type Tree, treeOf } from './tree.ts';

const LINK = /\]\(([^()\s]{1,300})\)|(?:src|href)="([^"\s]{1,300})"/g;

const links = (tree: Tree, exists: (path: string) => boolean): readonly string[] =>
  [...tree]
    .filter(([path]) => path.endsWith('.md'))
    .flatMap(([path, text]) =>
      [...text.matchAll(LINK)]
        .map(([, written, quoted]) => (written ?? quoted)!.replace(/#.*$/, ''))
        .filter((target) => target !== '' && !/^[a-z+]+:/i.test(target))
        .filter((target) => !exists(join(dirname(path), target)))
        .map((target) => `${path} links to ${target}`),
    );

test('links between pages and files lead somewhere', () => {
  assert.deepEqual(
    links(readTree(), (path) => existsSync(join(ROOT, path))),
    [],
  );
});

test('the law sees a dead link and leaves the web alone', () => {
  const tree = treeOf({
    'docs/a.md': '[b](b.md#x) [c](../c.md) [web](https://example.org) <img src="img/d.png"> [here](#x)',
  });
  assert.deepEqual(
    links(tree, (path) => path === 'docs/b.md'),
    ['docs/a.md links to ../c.md', 'docs/a.md links to img/d.png'],
  );
});
