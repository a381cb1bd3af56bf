import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { exchange2007 } from '../../test/reports/exchange-2007.ts';
import { postfix } from '../../test/reports/postfix.ts';
import type { Report, ReportServer } from '../finding/report.ts';
import { compareReports, isUnchanged } from './compare.ts';
import { renderHtml } from './html.ts';
import { renderText } from './text.ts';

const without = (report: Report, id: string): Report => ({
  ...report,
  findings: report.findings.filter(({ rule }) => rule.id !== id),
});

test('a report compared with itself is unchanged', () => {
  for (const report of [exchange2007, postfix]) {
    const comparison = compareReports(report, report);
    assert.equal(isUnchanged(comparison), true);
    assert.equal(comparison.findings.same.length, report.findings.length);
  }
});

test('what appears is new, what disappears is gone, by rule and subject', () => {
  const less = without(exchange2007, 'relay/open');
  const worse = compareReports(less, exchange2007);
  assert.deepEqual(
    worse.findings.fresh.map(({ rule }) => rule.id),
    ['relay/open'],
  );
  assert.deepEqual(worse.findings.gone, []);
  const better = compareReports(exchange2007, less);
  assert.deepEqual(
    better.findings.gone.map(({ item, seen }) => [item.rule.id, seen]),
    [['relay/open', true]],
  );
  const oneSubject = {
    ...exchange2007,
    findings: exchange2007.findings.filter(({ subject }) => !subject.startsWith('backup')),
  };
  assert.deepEqual(
    compareReports(oneSubject, exchange2007).findings.fresh.map(({ rule, subject }) => [rule.id, subject]),
    [['greeting/version', 'backup.contoso.example:25']],
  );
});

test('what could not be looked at this time is not called mended', () => {
  const [mail, backup] = exchange2007.servers as readonly [ReportServer, ReportServer];
  const silent: Report = {
    ...exchange2007,
    findings: exchange2007.findings.filter(({ subject }) => !subject.startsWith('mail.')),
    vulnerabilities: [],
    servers: [{ ...mail, endpoints: mail.endpoints.map((one) => ({ ...one, state: 'filtered' as const })) }, backup],
  };
  const { findings, vulnerabilities } = compareReports(exchange2007, silent);
  assert.ok(findings.gone.length > 0);
  for (const { item, seen } of findings.gone) assert.equal(seen, !item.subject.startsWith('mail.'));
  for (const { seen } of vulnerabilities.gone) assert.equal(seen, false);
});

test('a hole that turns from possible to not affected is gone', () => {
  const mended: Report = {
    ...exchange2007,
    vulnerabilities: exchange2007.vulnerabilities.map((hole) =>
      hole.id === 'CVE-2020-0688' ? { ...hole, status: 'not-affected' } : hole,
    ),
  };
  const { vulnerabilities } = compareReports(exchange2007, mended);
  assert.deepEqual(
    vulnerabilities.gone.map(({ item }) => item.id),
    ['CVE-2020-0688'],
  );
});

test('another product or version at an endpoint is told', () => {
  const [mail, backup] = exchange2007.servers as readonly [ReportServer, ReportServer];
  const [endpoint] = backup.endpoints;
  const updated: Report = {
    ...exchange2007,
    servers: [
      mail,
      { ...backup, endpoints: [{ ...endpoint!, identity: { ...endpoint!.identity!, version: '8.18.1' } }] },
    ],
  };
  assert.deepEqual(compareReports(exchange2007, updated).identities, [
    {
      server: 'backup.contoso.example',
      endpoint: '198.51.100.25:25',
      before: 'Sendmail 8.14.4',
      after: 'Sendmail 8.18.1',
    },
  ]);
});

test('every finding is new, gone or the same, and nothing is counted twice', () => {
  const all = exchange2007.findings;
  const subset = fc.subarray([...all]);
  fc.assert(
    fc.property(subset, subset, (before, after) => {
      const { fresh, gone, same } = compareReports(
        { ...exchange2007, findings: before },
        { ...exchange2007, findings: after },
      ).findings;
      assert.equal(fresh.length + same.length, after.length);
      assert.equal(gone.length + same.length, before.length);
    }),
  );
});

test('text and HTML tell the changes', () => {
  const comparison = compareReports(without(exchange2007, 'relay/open'), without(exchange2007, 'policy/spf-soft'));
  const text = [...renderText(exchange2007, { comparison })].join('\n');
  assert.match(text, /new {3}The server relays mail for anyone \(mail\.contoso\.example:25\)/);
  assert.match(text, /gone {2}SPF ends in ~all \(contoso\.example\)/);
  const page = renderHtml(exchange2007, { comparison });
  assert.match(page, /<div class="change-new"><h3>New <span class="count">1<\/span>/);
  assert.match(page, /<div class="change-gone"><h3>Gone <span class="count">1<\/span>/);
  const unchanged = compareReports(exchange2007, exchange2007);
  assert.match([...renderText(exchange2007, { comparison: unchanged })].join('\n'), /Nothing changed\./);
});
