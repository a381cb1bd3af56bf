/** Each rule of the edge is proven: an attack turns without it, or a test shows what no drill can; and each attack named for it exists. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attacks } from '../../src/drill/attacks/index.ts';
import { filters } from '../../src/edge/filters/index.ts';
import type { EdgeRule } from '../../src/edge/rule.ts';
import { scrubs } from '../../src/edge/scrubs/index.ts';
import { ELSEWHERE, MUTANTS } from '../harness/edge-proofs.ts';
import { ROOT } from './tree.ts';

const rules: readonly EdgeRule[] = [...filters, ...scrubs].flatMap((one) => one.rules);
const ids = new Set(rules.map(({ id }) => id as string));
const proven = [...MUTANTS.map(({ rule }) => rule), ...ELSEWHERE.flatMap((one) => one.rules)];

test('a rule that can turn an outcome has its proof: add a mutant to test/harness/edge-proofs.ts, or say why no drill can show it', () => {
  const bare = rules
    .filter(({ action }) => action !== 'note' && action !== 'score')
    .map(({ id }) => id)
    .filter((id) => !proven.includes(id));
  assert.deepEqual([...new Set(bare)], []);
});

test('all that is named is there', () => {
  assert.deepEqual(
    proven.filter((id) => !ids.has(id)),
    [],
  );
  const names = new Set(attacks.map(({ name }) => name));
  assert.deepEqual(
    MUTANTS.filter(({ attack }) => !names.has(attack)),
    [],
  );
});

test('the test that is named for a rule names the rule, or is a dialogue of its own', () => {
  for (const { rules: named, test: path, because } of ELSEWHERE) {
    assert.ok(because.length > 20 && existsSync(join(ROOT, path)), path);
    if (path.endsWith('.smtp')) continue;
    const text = readFileSync(join(ROOT, path), 'utf8');
    for (const id of named) assert.ok(text.includes(`'${id}'`), `${path} does not name ${id}`);
  }
});
