import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readEncodedWords } from './encoded-word.ts';

for (const [text, read] of [
  ['=?utf-8?Q?a_b=21?=', 'a b!'],
  ['=?UTF-8?b?w7w=?= =?utf-8?B?w7w=?=', 'üü'],
  ['x =?iso-8859-1?Q?=FC?= y', 'x ü y'],
  ['=?utf-8?B?w?= plain', '=?utf-8?B?w?= plain'],
  ['no word at all =?', 'no word at all =?'],
] as const)
  test(`${text} reads ${read}`, () => {
    const said = readEncodedWords(text);
    // A word that holds no whole character may be shown as it stands or as nothing, but never eats what follows.
    if (text.includes('?w?=')) assert.ok(said.endsWith('plain'));
    else assert.equal(said, read);
  });

test('a character cut between two words is put together', () => {
  assert.equal(readEncodedWords('=?utf-8?B?ww==?= =?utf-8?B?vA==?='), 'ü');
});

test('a hundred thousand words take no longer than their number', () => {
  const before = performance.now();
  readEncodedWords('=?utf-8?Q?a?= '.repeat(100_000));
  assert.ok(performance.now() - before < 2_000);
});
