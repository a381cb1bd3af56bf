/** Rule ids are unique, shaped `area/fault`, and stay for ever; the page of rules says what the rules say. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { listedRules } from '../../scripts/rule-lists.ts';
import { rulesPage } from '../../scripts/rule-pages.ts';
import { ROOT } from './tree.ts';

const SHAPE = /^[a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;
const TO_MEND = 'run node scripts/generate-docs.ts and look at what it changed';

function ids(now: readonly string[], ever: readonly string[]): readonly string[] {
  const [present, recorded] = [new Set(now), new Set(ever)];
  return [
    ...now.filter((id, index) => now.indexOf(id) !== index).map((id) => `${id} is used twice`),
    ...now.filter((id) => !SHAPE.test(id)).map((id) => `${id} is not area/fault`),
    ...[...present].filter((id) => !recorded.has(id)).map((id) => `${id} is not recorded: ${TO_MEND}`),
    ...[...recorded].filter((id) => !present.has(id)).map((id) => `${id} was shipped and is gone`),
  ];
}

const rules = await listedRules();

test('rule ids are unique and kept for ever', () => {
  const ever = readFileSync(join(import.meta.dirname, 'rule-ids.txt'), 'utf8')
    .split('\n')
    .filter(Boolean);
  assert.deepEqual(
    ids(
      rules.map(({ rule }) => rule.id),
      ever,
    ),
    [],
  );
});

test('the law sees ids that are double, misshapen, unrecorded or gone', () => {
  const broken = ids(['spf/missing', 'spf/missing', 'Spf', 'dmarc/none'], ['spf/missing', 'Spf', 'spf/old']);
  assert.deepEqual(
    broken.map((sentence) => sentence.replace(/:.*/, '')),
    [
      'spf/missing is used twice',
      'Spf is not area/fault',
      'dmarc/none is not recorded',
      'spf/old was shipped and is gone',
    ],
  );
});

test('docs/rules.md is what the rules say', () => {
  assert.equal(readFileSync(join(ROOT, 'docs', 'rules.md'), 'utf8'), rulesPage(rules), TO_MEND);
});

test('each rule has words for the reader: a title, a gain, a remedy and a source', () => {
  const poor = rules.filter(({ rule: { title, why, remedy, references } }) =>
    [title, why, ...remedy.map(({ text }) => text), ...references].some((text) => text.trim().length < 4),
  );
  assert.deepEqual(
    poor.map(({ rule }) => rule.id),
    [],
  );
});
