import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config-read.ts';

const faultsOf = (ldap: string): readonly string[] => {
  const read = readConfig(
    `domains: [x.test]\nupstream: "10.0.0.5:25"\nrecipients: { ldap: { base: dc=x, ${ldap} } }\n`,
    'f',
  );
  return 'faults' in read ? read.faults : [];
};
const BIND = 'bind: { name: cn=edge, passwordFile: /p }';

const fine = [
  `url: "ldaps://10.0.0.3:636", authority: /roots.pem, name: ldap.x.test, ${BIND}`,
  `url: "ldap://10.0.0.3:389", startTls: true, ${BIND}`,
  `url: "ldap://127.0.0.1:389", ${BIND}`,
  'url: "ldap://10.0.0.3:389"',
];
for (const ldap of fine) {
  test(`{ ${ldap} } is taken`, () => {
    assert.deepEqual(faultsOf(ldap), []);
  });
}

const wrong: readonly (readonly [ldap: string, expected: RegExp])[] = [
  [`url: "ldap://10.0.0.3:389", ${BIND}`, /recipients\.ldap\.bind: must be given beside ldaps:\/\/ or startTls: true/],
  ['url: "ldaps://10.0.0.3:636", startTls: true', /recipients\.ldap\.startTls: must be false beside ldaps:/],
  ['url: "ldap://10.0.0.3:389", name: ldap.x.test', /recipients\.ldap\.name: must be given beside ldaps:/],
  ['url: "ldap://[", startTls: true', /recipients\.ldap\.url: must be ldap:/],
  ['url: "http://10.0.0.3"', /recipients\.ldap\.url: must be ldap:/],
];
for (const [ldap, expected] of wrong) {
  test(`{ ${ldap} } is told with the way out`, () => {
    assert.match(faultsOf(ldap).join('\n'), expected);
  });
}
