import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';
import { restartOnly } from './restart-only.ts';

const LEAST = 'upstream: "10.0.0.5:25"\ndomains: [example.com]\n';
const configOf = (more: string) => readConfig(`${LEAST}${more}`, 'edge.yaml') as EdgeConfig;
const LDAP = (url: string) => `recipients: { ldap: { url: "${url}", base: "dc=example,dc=com" } }`;

for (const [what, before, after, named] of [
  ['nothing', '', '', []],
  ['a limit and a list', 'limits: { recipients: 100 }', 'exempt: [10.0.0.0/8]', []],
  ['where mail goes out', '', 'outbound: "10.0.0.9:25"', ['outbound']],
  ['how many work', 'workers: 1', 'workers: 2', ['workers']],
  ['the directory', LDAP('ldap://10.0.0.7'), LDAP('ldap://10.0.0.8'), ['recipients.ldap']],
] as const)
  test(`a change of ${what} wants a restart for: ${named.join() || 'nothing'}`, () => {
    const configs = [configOf(before), configOf(after)] as const;
    for (const config of configs) assert.ok(!('faults' in config), JSON.stringify(config));
    assert.deepEqual(restartOnly(...configs), named);
  });
