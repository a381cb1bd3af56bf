import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';
import { controlsOf } from './controls.ts';

test('whom a list does not name is asked about only where a directory stands beside it, or by the operator’s wish', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'mailward-list-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const list = join(folder, 'recipients');
  writeFileSync(list, 'bob@example.com\n');
  const directory = 'ldap: { url: "ldaps://10.0.0.3", base: "dc=example" }';
  const table: readonly (readonly [recipients: string, asked: boolean])[] = [
    ['{}', true],
    ['{ ask: false }', false],
    [`{ list: ${list} }`, false],
    [`{ list: ${list}, ask: true }`, true],
    [`{ list: ${list}, ${directory} }`, true],
    [`{ ${directory} }`, true],
  ];
  for (const [recipients, asked] of table) {
    const text = `upstream: "10.0.0.5:25"\ndomains: [example.com]\nrecipients: ${recipients}\n`;
    assert.equal(controlsOf(readConfig(text, 'f') as EdgeConfig).recipients.ask, asked, recipients);
  }
});
