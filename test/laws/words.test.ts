/** What is committed holds on every machine and needs no later promise. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Law, readTree, treeOf } from './tree.ts';

// Put together here, so that this file does not break its own law.
const FORBIDDEN: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['a path of one machine', new RegExp(`${'/wor'}k/(?:main|shared|\\.)|/roo${'t/'}|/home/[a-z]+/(?:src|work)/`)],
  [
    'the host of a package registry',
    new RegExp(['registry.npm' + 'js', 'deb.deb' + 'ian.org', 'pypi' + '.org/'].join('|')),
  ],
  ['a promise', new RegExp(`\\b(?:${'TO'}DO|${'FIX'}ME)\\b`)],
];

const words: Law = (tree) =>
  [...tree].flatMap(([path, text]) => [
    ...FORBIDDEN.filter(([, pattern]) => pattern.test(text)).map(([what]) => `${path} holds ${what}`),
    ...(path === 'package-lock.json' && text.includes('"resolved"') ? [`${path} names download addresses`] : []),
  ]);

test('no machine paths, registry hosts, promises or download addresses', () => {
  assert.deepEqual(words(readTree()), []);
});

test('the law sees each of them', () => {
  const tree = treeOf({
    'a.ts': `// ${'TO'}DO later`,
    'b.md': `see ${'/wor'}k/main/x`,
    'c.json': `https://registry.npm${'js'}.org/`,
    'package-lock.json': '"resolved": "x"',
    'd.ts': 'const mastodon = 1;',
  });
  assert.equal(words(tree).length, 4);
});
