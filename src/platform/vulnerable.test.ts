import assert from 'node:assert/strict';
import { test } from 'node:test';
import { embeddedHoles } from '../knowledge/load-vulnerabilities.ts';
import { type Installed, vulnerabilitiesOf } from './vulnerable.ts';

const knowledge = embeddedHoles();
const plain = { versionRange: null, packageVersion: null, distribution: null, subject: 'mx.example:25' };

/** What must be told of a hole, by build or version. `-` means that nothing may be told. */
const questions: readonly (readonly [
  string,
  Partial<Installed> & Pick<Installed, 'product' | 'version'>,
  string,
  string,
])[] = [
  ['ProxyShell before its update', { product: 'exchange', version: '15.2.858.5' }, 'CVE-2021-34473', 'affected'],
  ['ProxyShell with its update', { product: 'exchange', version: '15.2.858.10' }, 'CVE-2021-34473', 'not-affected'],
  [
    'ProxyShell where only the cumulative update shows',
    { product: 'exchange', version: '15.2.858' },
    'CVE-2021-34473',
    'possible',
  ],
  [
    'NTLM relay where a setting decides',
    { product: 'exchange', version: '15.1.2507.39' },
    'CVE-2024-21410',
    'possible',
  ],
  [
    'NTLM relay with the new default',
    { product: 'exchange', version: '15.2.1544.4' },
    'CVE-2024-21410',
    'not-affected',
  ],
  ['Exchange 2003 SP2 before its fix', { product: 'exchange', version: '6.5.7638' }, 'CVE-2010-0025', 'affected'],
  ['Exchange 2003 SP2 with its fix', { product: 'exchange', version: '6.5.7656.2' }, 'CVE-2010-0025', 'not-affected'],
  ['Exim remote execution in the recipient', { product: 'exim', version: '4.90_1' }, 'CVE-2019-10149', 'affected'],
  ['Exim after it', { product: 'exim', version: '4.96' }, 'CVE-2019-10149', '-'],
  ['OpenSMTPD with its portable suffix', { product: 'opensmtpd', version: '6.6.2p1' }, 'CVE-2020-8794', 'affected'],
  [
    'a version from a distribution',
    { product: 'exim', version: '4.96', distribution: 'Debian' },
    'CVE-2023-42115',
    'possible',
  ],
  [
    'Debian revision with the fix',
    { product: 'exim', version: '4.96', packageVersion: '4.96-15+deb12u10' },
    'CVE-2023-42115',
    'not-affected',
  ],
  [
    'Debian revision without the fix',
    { product: 'exim', version: '4.96', packageVersion: '4.96-15' },
    'CVE-2023-42115',
    'affected',
  ],
  [
    'a range that holds the hole',
    { product: 'postfix', version: null, versionRange: '<3.7' },
    'CVE-2023-51764',
    'possible',
  ],
];

for (const [what, installed, id, expected] of questions) {
  test(`${what}: ${id} is ${expected}`, () => {
    const found = vulnerabilitiesOf({ ...plain, ...installed }, knowledge).find((hole) => hole.id === id);
    assert.equal(found?.status ?? '-', expected, found?.because);
    if (expected === 'not-affected') assert.ok(found?.fixedIn);
  });
}

test('without a version or a range nothing is told', () => {
  assert.deepEqual(vulnerabilitiesOf({ ...plain, product: 'exim', version: null }, knowledge), []);
});

test('what is exploited comes first among what is proven', () => {
  const found = vulnerabilitiesOf({ ...plain, product: 'exchange', version: '15.2.858.5' }, knowledge).filter(
    ({ status }) => status === 'affected',
  );
  assert.ok(found.length > 5);
  assert.ok(found[0]?.knownExploited);
  assert.equal(
    found.findLastIndex(({ knownExploited }) => knownExploited) <
      found.findIndex(({ knownExploited }) => !knownExploited),
    true,
  );
});
