/** The page of commands says what the commands say, on any machine. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { commandsPage } from '../../scripts/command-pages.ts';
import { commandEntries } from '../../src/apps/cli/commands/index.ts';
import { ROOT } from './tree.ts';

const page = await commandsPage();

test('docs/commands.md is what the commands say', () => {
  const written = readFileSync(join(ROOT, 'docs', 'commands.md'), 'utf8');
  assert.equal(written, page, 'run node scripts/generate-docs.ts and look at what it changed');
});

test('every command is on the page, with examples, and nothing of this machine is', () => {
  for (const { name } of commandEntries)
    assert.match(page, new RegExp(`^## mailward ${name}\\n\\n\`\`\`text\\nExamples:`, 'm'));
  for (const own of [tmpdir(), homedir(), process.cwd()]) assert.ok(!page.includes(`${own}/`), own);
});
