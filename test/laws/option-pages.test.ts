/** The page of options names every setting there is, with a reason, and nothing else. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { optionRows, optionsPage } from '../../scripts/option-pages.ts';
import { ROOT } from './tree.ts';

test('docs/options.md is what the schema of the configuration says', () => {
  const written = readFileSync(join(ROOT, 'docs', 'options.md'), 'utf8');
  assert.equal(written, optionsPage(), 'run node scripts/generate-docs.ts and look at what it changed');
});

test('every setting has a reason, and every reason a setting', () => {
  const rows = optionRows();
  const without = rows.filter(({ why }) => why === '').map(({ path }) => path);
  assert.deepEqual(without, [], 'describe it in its schema, or in scripts/option-reasons.json');
  const reasons = Object.keys(JSON.parse(readFileSync(join(ROOT, 'scripts/option-reasons.json'), 'utf8')) as object);
  const idle = reasons.filter((name) => !rows.some(({ path }) => path === name || path.startsWith(`${name}.`)));
  assert.deepEqual(idle, []);
});

test('a bound tells its default in the units of the file', () => {
  const standards = new Map(optionRows().map(({ path, standard }) => [path, standard]));
  assert.equal(standards.get('limits.messageSize'), '`36 MiB`');
  assert.equal(standards.get('limits.commandTimeout'), '`5m`');
  assert.equal(standards.get('pressure.disk.high'), '`90%`');
});
