import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Identity } from '../finding/identity.ts';
import { embeddedHoles, type HoleKnowledge, type VulnerabilityRow } from '../knowledge/load-vulnerabilities.ts';
import { holesOf, vulnerabilitiesOf } from './vulnerable.ts';

const knowledge = embeddedHoles();
const TODAY = '2026-11-25';

function known(rows: readonly VulnerabilityRow[]): HoleKnowledge {
  const holes = { product: 'exim', asOf: TODAY, rows };
  return { holesOf: () => holes, exchangeBuilds: () => [], supportOf: () => [] };
}

function statusOf(rows: readonly VulnerabilityRow[], version: string, id = 'CVE-1-1'): string | undefined {
  const answer = vulnerabilitiesOf({ product: 'exim', version, subject: 'mx' }, known(rows), TODAY);
  return answer.vulnerabilities.find((hole) => hole.id === id)?.status;
}

const plain = { id: 'CVE-1-1', sources: ['a test'] };

test('a version is affected from the first with the hole up to the fix', () => {
  const rows = [{ ...plain, ranges: [{ from: '4.97', fixed: '4.99.3' }] }];
  assert.equal(statusOf(rows, '4.98.2'), 'affected');
  assert.equal(statusOf(rows, '4.99.3'), 'not-affected');
  assert.equal(statusOf(rows, '4.96'), undefined);
});

test('between two versions that NVD lists nothing is certain, outside of them nothing is said', () => {
  const rows = [{ ...plain, versions: ['4.10', '4.30'] }];
  assert.equal(statusOf(rows, '4.10'), 'affected');
  assert.equal(statusOf(rows, '4.20'), 'possible');
  assert.equal(statusOf(rows, '4.40'), undefined);
});

test('a range without bounds is never more than possible', () => {
  assert.equal(statusOf([{ ...plain, ranges: [{ unknown: true }] }], '4.99'), 'possible');
});

test('a distribution without its revision makes a match possible, and says why', () => {
  const question = { product: 'exim', version: '4.96', distribution: 'Debian', subject: 'mx' };
  const told = vulnerabilitiesOf(question, knowledge, TODAY).vulnerabilities;
  const open = told.filter((hole) => hole.status !== 'not-affected');
  assert.ok(open.length > 10);
  assert.deepEqual([...new Set(open.map((hole) => hole.status))], ['possible']);
  assert.match(open.find((hole) => hole.id === 'CVE-2023-42115')?.because ?? '', /Debian may have mended/);
});

test('a range told by behaviour excludes what is certainly mended and proves nothing', () => {
  const question = { product: 'postfix', versionRange: '>=3.7 <3.9', subject: 'mx' };
  const told = vulnerabilitiesOf(question, knowledge, TODAY).vulnerabilities;
  const byId = new Map(told.map((hole) => [hole.id, hole.status]));
  assert.equal(byId.get('CVE-2026-43964'), 'possible');
  assert.equal(byId.get('CVE-2011-1720'), 'not-affected');
  assert.ok(![...byId.values()].includes('affected'));
});

test('without a version nothing is told, and it is said why', () => {
  const answer = vulnerabilitiesOf({ product: 'exim', subject: 'mx' }, knowledge, TODAY);
  assert.deepEqual(answer.vulnerabilities, []);
  assert.equal(answer.unread, 'no version is known');
});

test('what is exploited comes first, then what needs no login, then by severity', () => {
  const question = { product: 'exchange', version: '15.1.2176.2', subject: 'mx' };
  const open = vulnerabilitiesOf(question, knowledge, TODAY).vulnerabilities.filter(
    (hole) => hole.status !== 'not-affected',
  );
  const exploited = open.map((hole) => hole.knownExploited);
  assert.ok(exploited.filter(Boolean).length > 5);
  assert.ok(exploited.lastIndexOf(true) < exploited.indexOf(false));
  const rest = open.filter((hole) => !hole.knownExploited).map((hole) => hole.remote && hole.unauthenticated);
  assert.ok(rest.lastIndexOf(true) < rest.indexOf(false));
});

test('a cumulative update without updates is one finding, not a list', () => {
  const answer = vulnerabilitiesOf({ product: 'exchange', version: '15.2.858.15', subject: 'mx' }, knowledge, TODAY);
  const open = answer.vulnerabilities.filter((hole) => hole.status === 'affected');
  assert.deepEqual(
    open.map((hole) => hole.id),
    ['MAILWARD-EXCHANGE-UNSUPPORTED-CU'],
  );
  assert.equal(open[0]?.severity, 'critical');
  assert.match(open[0]?.because ?? '', /CVE-2022-41082/);
});

test('an identity is looked up by its product id, and what is mended is left out', () => {
  const identity: Identity = {
    vendor: 'Sendmail',
    product: 'Sendmail',
    version: '8.17.1.9',
    versionRange: null,
    os: 'Debian GNU/Linux',
    cpe: null,
    certainty: 0.99,
    because: [],
    productId: 'sendmail',
    packageVersion: '8.17.1.9-2+deb12u2',
  };
  assert.deepEqual(holesOf(identity, 'mx:25', knowledge), []);
  const bare = { ...identity, os: null, packageVersion: null };
  assert.deepEqual(
    holesOf(bare, 'mx:25', knowledge).map((hole) => [hole.id, hole.status, hole.subject]),
    [['CVE-2023-51765', 'affected', 'mx:25']],
  );
  assert.deepEqual(holesOf({ ...identity, productId: null }, 'mx:25', knowledge), []);
});

test('a part with a version of its own is not judged by the version of the bundle', () => {
  const bundle = vulnerabilitiesOf({ product: 'horde', version: '5.2.22', subject: 'x' }, knowledge, TODAY);
  assert.ok(!bundle.vulnerabilities.some((hole) => hole.id === 'CVE-2025-30349'));
  assert.match(bundle.notes.join(' '), /imp/);
  const part = vulnerabilitiesOf(
    { product: 'horde', component: 'imp', version: '6.2.27', subject: 'x' },
    knowledge,
    TODAY,
  );
  assert.equal(part.vulnerabilities.find((hole) => hole.id === 'CVE-2025-30349')?.status, 'affected');
});

test('the end of support is told by the day, for the version asked', () => {
  const ended = (product: string, version: string) =>
    vulnerabilitiesOf({ product, version, subject: 'x' }, knowledge, TODAY).supportEnded;
  assert.equal(ended('exim', '4.96'), '2023-11-04');
  assert.equal(ended('exim', '4.99.4'), null);
  assert.equal(ended('exchange', '2019 CU15'), '2025-10-14');
  assert.equal(ended('exchange', 'SE RTM'), null);
  assert.equal(ended('postfix', '3.1.1'), '2020-03-15');
});
