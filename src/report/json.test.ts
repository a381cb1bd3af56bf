import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exchange2007 } from '../../test/reports/exchange-2007.ts';
import { hostileReport } from '../../test/reports/hostile.ts';
import { postfix } from '../../test/reports/postfix.ts';
import { noSuchDomain, silentServer } from '../../test/reports/unreachable.ts';
import { reportJson } from './json.ts';
import { readReport } from './read-json.ts';

const hostile = hostileReport();
/** Hostile but for the rule's id, which must be `area/fault`. */
const shapely = {
  ...hostile,
  findings: hostile.findings.map((finding) => ({ ...finding, rule: { ...finding.rule, id: 'area/fault' as const } })),
};
const samples = [exchange2007, postfix, noSuchDomain, silentServer, shapely];
const plain = (report: (typeof samples)[number]) => JSON.parse(JSON.stringify(reportJson(report)));

test('a report is written as the contract has it', () => {
  const json = plain(exchange2007);
  assert.equal(json.schema, 'mailward/report/1');
  assert.deepEqual(
    ['target', 'depth', 'startedAt', 'finishedAt', 'grade', 'score'].map((field) => typeof json[field]),
    ['string', 'string', 'string', 'string', 'string', 'number'],
  );
  const [finding] = json.findings;
  assert.equal(finding.rule, 'relay/open');
  assert.equal(finding.severity, 'critical');
  assert.deepEqual(Object.keys(finding.remedy[0]), ['platform', 'text', 'config']);
  assert.deepEqual(finding.evidence[0].lines[0], {
    from: 'client',
    text: 'MAIL FROM:<probe@example.net>',
    at: 402,
  });
  assert.equal(json.servers[0].endpoints[0].identity.product, 'Exchange Server 2007');
  assert.deepEqual(json.unreached[0].reason, 'unreachable');
});

test('what is written is read back the same', () => {
  for (const report of samples) {
    const read = readReport(plain(report));
    assert.ok('report' in read, JSON.stringify(read));
    assert.deepEqual(plain(read.report), plain(report));
  }
});

test('a file that is no report is a fault that says where, never an exception', () => {
  for (const value of [null, 1, 'x', [], {}, { schema: 'mailward/report/2' }]) assert.ok('fault' in readReport(value));
  const bent = plain(exchange2007);
  bent.servers[0].endpoints[0].port = '25';
  assert.deepEqual(readReport(bent), {
    fault: 'servers.0.endpoints.0.port: Invalid input: expected number, received string',
  });
  const unproven = plain(exchange2007);
  unproven.findings[0].evidence = [];
  const read = readReport(unproven);
  assert.ok('fault' in read && read.fault.startsWith('findings.0.evidence'), 'no finding without evidence');
  assert.ok('fault' in readReport(plain(hostile)), 'a rule id with a line break is none');
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      assert.ok('fault' in readReport(value));
    }),
  );
});

test('what the contract does not know is dropped, and no prototype is touched', () => {
  const more = JSON.parse(JSON.stringify(plain(postfix)).replace('{', '{"__proto__":{"polluted":1},"extra":1,'));
  const read = readReport(more);
  assert.ok('report' in read);
  assert.equal('extra' in read.report, false);
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
});
