/**
 * Writes the pages that are drawn from the code, and adds new rule ids to the list of all ids that were ever shipped.
 * Run it after adding or changing a rule or an option; tests compare both.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandsPage } from './command-pages.ts';
import { optionsPage } from './option-pages.ts';
import { listedRules } from './rule-lists.ts';
import { rulesPage } from './rule-pages.ts';

const root = join(import.meta.dirname, '..');
const rules = await listedRules();
writeFileSync(join(root, 'docs', 'rules.md'), rulesPage(rules));
writeFileSync(join(root, 'docs', 'commands.md'), await commandsPage());
writeFileSync(join(root, 'docs', 'options.md'), optionsPage());

const idsFile = join(root, 'test', 'laws', 'rule-ids.txt');
const ids = new Set([
  ...readFileSync(idsFile, 'utf8').split('\n').filter(Boolean),
  ...rules.map(({ rule }) => rule.id),
]);
writeFileSync(idsFile, `${[...ids].sort().join('\n')}\n`);
console.log(`${rules.length} rules`);
