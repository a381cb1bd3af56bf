import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { exchange2007 } from '../../test/reports/exchange-2007.ts';
import { hostileReport } from '../../test/reports/hostile.ts';
import { postfix } from '../../test/reports/postfix.ts';
import { noSuchDomain, silentServer } from '../../test/reports/unreachable.ts';
import { reportSarif } from './sarif.ts';

/** The parts of the SARIF 2.1.0 schema that mailward uses, as strict as the schema: no property beside those it knows. */
const message = z.strictObject({ text: z.string().min(1) });
const bag = z.record(z.string(), z.unknown());
const level = z.enum(['none', 'note', 'warning', 'error']);
const utc = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const uri = z.string().refine((text) => URL.canParse(text), 'no URI');
const shape = z.strictObject({
  $schema: uri,
  version: z.literal('2.1.0'),
  runs: z
    .array(
      z.strictObject({
        tool: z.strictObject({
          driver: z.strictObject({
            name: z.string(),
            semanticVersion: z.string(),
            rules: z.array(
              z.strictObject({
                id: z.string().min(1),
                shortDescription: message,
                fullDescription: message.optional(),
                help: message.optional(),
                helpUri: uri.optional(),
                defaultConfiguration: z.strictObject({ level }),
                properties: bag,
              }),
            ),
          }),
        }),
        automationDetails: z.strictObject({ id: z.string() }),
        invocations: z.array(
          z.strictObject({
            executionSuccessful: z.boolean(),
            startTimeUtc: utc.optional(),
            endTimeUtc: utc.optional(),
            toolExecutionNotifications: z.array(
              z.strictObject({ level, message, descriptor: z.strictObject({ id: z.string() }) }),
            ),
          }),
        ),
        results: z.array(
          z.strictObject({
            ruleId: z.string(),
            ruleIndex: z.int().min(0),
            kind: z.enum(['review']).optional(),
            level,
            message,
            locations: z
              .array(
                z.strictObject({
                  physicalLocation: z.strictObject({ artifactLocation: z.strictObject({ uri }) }),
                  logicalLocations: z
                    .array(z.strictObject({ fullyQualifiedName: z.string(), kind: z.string() }))
                    .min(1),
                }),
              )
              .min(1),
            partialFingerprints: z.record(z.string(), z.string().regex(/^[0-9a-f]{32}$/)),
            properties: bag,
          }),
        ),
        properties: bag,
      }),
    )
    .length(1),
});

const runOf = (report: Parameters<typeof reportSarif>[0]) => shape.parse(reportSarif(report, '1.2.3')).runs[0]!;

test('every sample has the shape of SARIF 2.1.0', () => {
  for (const report of [exchange2007, postfix, noSuchDomain, silentServer, hostileReport()]) {
    const { results, tool } = runOf(report);
    for (const { ruleId, ruleIndex, kind, level: told } of results) {
      assert.equal(tool.driver.rules[ruleIndex]!.id, ruleId);
      assert.equal(told === 'none', kind === 'review', 'only what is no failure has no level');
    }
    const ids = tool.driver.rules.map(({ id }) => id);
    assert.equal(new Set(ids).size, ids.length);
  }
});

test('findings keep their severity, subject, evidence and remedy', () => {
  const { results, tool } = runOf(exchange2007);
  const relay = results.find(({ ruleId }) => ruleId === 'relay/open')!;
  assert.equal(relay.level, 'error');
  assert.equal(relay.locations[0]!.logicalLocations[0]!.fullyQualifiedName, 'mail.contoso.example:25');
  assert.equal(relay.locations[0]!.physicalLocation.artifactLocation.uri, 'smtp://mail.contoso.example:25');
  assert.ok((relay.properties['evidence'] as string[]).includes('S: 250 2.1.5 Recipient OK'));
  assert.equal(tool.driver.rules[relay.ruleIndex]!.properties['security-severity'], '9.5');
  assert.equal(results.find(({ ruleId }) => ruleId === 'policy/spf-soft')!.level, 'note');
  assert.equal(results.filter(({ ruleId }) => ruleId === 'greeting/version').length, 2);
});

test('proven holes fail, possible ones ask for a review, excluded ones are left out', () => {
  const { results } = runOf(exchange2007);
  const of = (id: string) => results.find(({ ruleId }) => ruleId === id);
  assert.equal(of('CVE-2009-0098')!.level, 'error');
  assert.equal(of('CVE-2020-0688')!.kind, 'review');
  assert.equal(of('CVE-2014-3956'), undefined);
});

test('a fingerprint is the same in every scan, and another for another subject', () => {
  const prints = (report: typeof exchange2007) =>
    runOf(report).results.map(({ partialFingerprints }) => partialFingerprints['ruleAndSubject/v1']!);
  const later = {
    ...exchange2007,
    startedAt: '2027-01-01T00:00:00.000Z',
    findings: exchange2007.findings.toReversed(),
  };
  assert.deepEqual(prints(later).toSorted(), prints(exchange2007).toSorted());
  assert.equal(new Set(prints(exchange2007)).size, prints(exchange2007).length);
});

test('what could not be looked at is a notification with its reason', () => {
  const [notification] = runOf(noSuchDomain).invocations[0]!.toolExecutionNotifications;
  assert.equal(notification!.descriptor.id, 'unreached/no-such-domain');
  assert.match(notification!.message.text, /MX of gone\.example could not be looked at: the name does not exist/);
});

test('hostile strings are spelt out, and no message makes a link or a placeholder', () => {
  const log = JSON.stringify(reportSarif(hostileReport('\u202e[click](https://evil.example/) {0}\x1b')));
  assert.ok(!/\u202e|\\u001b/.test(log), 'a raw control or bidirectional mark');
  assert.ok(log.includes('<U+202E>'));
  const messages = [...log.matchAll(/(?:essage|escription|help)":\{"text":"([^"]*)"/g)].map(([, text]) => text!);
  assert.ok(messages.length >= 6);
  for (const text of messages) assert.doesNotMatch(text, /\]\(|\{0\}/);
});
