import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { makeCertificate } from '../../../net/tls-certificate.ts';
import { checkFiles } from './check-files.ts';
import { readConfig } from './config-read.ts';

const folder = mkdtempSync(join(tmpdir(), 'mailward-check-'));
after(() => rmSync(folder, { recursive: true }));
const file = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const during = { notBefore: new Date(0), notAfter: new Date(1e12) };
const roots = file('roots.pem', makeCertificate({ names: ['Root'], ...during, authority: true }).certificate);
const password = file('password', 'secret\n');
const empty = file('empty', '');

function faultsOf(yaml: string, now = 0): string[] {
  const read = readConfig(`domains: [x.test]\n${yaml}\n`, 'f');
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return checkFiles(read, now).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

const server = (authority: string) => `{ to: "smtp+tls://mail.x.test:25", authority: ${authority} }`;
const ldap = (authority: string, passwordFile: string) =>
  `recipients: { ldap: { url: "ldaps://l.x.test", base: dc=x, authority: ${authority}, bind: { name: cn=x, passwordFile: ${passwordFile} } } }`;

test('files of roots and of a password that are there raise no word', () => {
  assert.deepEqual(faultsOf(`upstream: ${server(roots)}\noutbound: ${server(roots)}\n${ldap(roots, password)}`), []);
});

test('each of two certificates is looked at, and its key too', () => {
  const [good, old] = [1e12, 1e11].map((until, number) => {
    const key = number === 0 ? ('ec' as const) : { rsaBits: 2_048 };
    const pair = makeCertificate({ names: ['mx.x.test'], notBefore: new Date(0), notAfter: new Date(until), key });
    return `certificate: ${file(`${until}.pem`, pair.certificate)}, key: ${file(`${until}.key`, pair.key)}`;
  });
  const yaml = `upstream: "10.0.0.5:25"\ntls: { ${good}, second: { ${old} } }`;
  assert.deepEqual(faultsOf(yaml, 0), []);
  assert.match(faultsOf(yaml, 2e11).join('\n'), /^tls\.second\.certificate: .* was good until 1973-/);
  const twice = `upstream: "10.0.0.5:25"\ntls: { ${good}, second: { ${good} } }`;
  assert.match(faultsOf(twice, 0).join('\n'), /^tls\.second\.certificate: .* of the same kind as the first, ec/);
});

const lines = file('lines', '# neither\nno address\n');
const wrong: readonly (readonly [yaml: string, expected: RegExp])[] = [
  // Roots that are none would leave the built-in ones in force.
  [`upstream: ${server(empty)}`, /^upstream: .*empty holds no certificate in PEM$/],
  [`upstream: { "*": ["10.0.0.5:25", ${server('/none')}] }`, /^upstream: ENOENT/],
  [`upstream: "10.0.0.5:25"\noutbound: ${server(password)}`, /^outbound: .*password holds no certificate/],
  [
    `upstream: "10.0.0.5:25"\nsubmission: { upstream: ${server(empty)} }`,
    /^submission\.upstream: .*holds no certificate/,
  ],
  [`upstream: "10.0.0.5:25"\n${ldap(empty, password)}`, /^recipients\.ldap\.authority: .*holds no certificate/],
  [
    `upstream: "10.0.0.5:25"\n${ldap(roots, empty)}`,
    /^recipients\.ldap\.bind\.passwordFile: .*has no password in its first line$/,
  ],
  [`upstream: "10.0.0.5:25"\nlists: { deny: [${lines}] }`, /^lists\.deny: .*lines:2:1 is no address or network[^\n]*$/],
  [`upstream: "10.0.0.5:25"\nrecipients: { list: ${lines} }`, /^recipients\.list: .*lines:2:1 is no address[^\n]*$/],
  [`upstream: "10.0.0.5:25"\nrecipients: { traps: ${lines} }`, /^recipients\.traps: .*lines:2:1 is no address[^\n]*$/],
];
for (const [yaml, expected] of wrong) {
  test(`a file that is no such file is told: ${expected.source}`, () => {
    assert.match(faultsOf(yaml).join('\n'), expected);
  });
}
