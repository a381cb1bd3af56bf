/**
 * Writes the pages that are drawn from the code, and adds new rule ids to the list of all ids that were ever shipped.
 * Run it after adding or changing a rule; a test compares both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listedRules } from './rule-lists.ts';
import { rulesPage } from './rule-pages.ts';

const root = join(import.meta.dirname, '..');
const rules = await listedRules();
writeFileSync(join(root, 'docs', 'rules.md'), rulesPage(rules));

const idsFile = join(root, 'test', 'laws', 'rule-ids.txt');
const ids = new Set([
  ...readFileSync(idsFile, 'utf8').split('\n').filter(Boolean),
  ...rules.map(({ rule }) => rule.id),
]);
writeFileSync(idsFile, `${[...ids].sort().join('\n')}\n`);
console.log(`${rules.length} rules`);
