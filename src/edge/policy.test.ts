/** What becomes of hits, in general and for some recipients. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createPolicies, DEFAULT_POLICY, type PolicySettings, type RuleSetting } from './policy.ts';
import { REPLIES } from './reply.ts';
import { ACTIONS, type Action, type EdgeRule, type Hit } from './rule.ts';

const rule = (id: string, action: Action, more: Partial<EdgeRule> = {}): EdgeRule => ({
  id: `test/${id}`,
  severity: 'low',
  title: 'A rule',
  why: 'To test',
  remedy: [{ platform: '*', text: 'None' }],
  references: ['RFC 5321'],
  threat: 'attack/engine',
  action,
  reply: REPLIES.notServed,
  ...more,
});
const hit = (of: EdgeRule, score?: number): Hit => ({
  rule: of,
  because: 'so',
  ...(score === undefined ? {} : { score }),
});
const settings = (
  rules: Readonly<Record<string, RuleSetting>> = {},
  more: Partial<PolicySettings> = {},
): PolicySettings => ({
  ...DEFAULT_POLICY,
  rules: new Map(Object.entries(rules)),
  ...more,
});
const anna = { local: 'Anna', domain: 'here.example' };
const refuses = rule('refuses', 'refuse');
const counts = rule('counts', 'score', { score: 5 });

const verdicts: readonly (readonly [hits: readonly Hit[], kind: string])[] = [
  [[], 'accept'],
  [[hit(rule('a', 'note'))], 'accept'],
  [[hit(counts)], 'accept'],
  [[hit(counts), hit(counts)], 'quarantine'],
  [[hit(counts, 6)], 'tag'],
  [[hit(counts, 15)], 'refuse'],
  [[hit(counts, 15), hit(counts, -10)], 'accept'],
  [[hit(rule('a', 'tag'))], 'tag'],
  [[hit(rule('a', 'tag')), hit(rule('b', 'quarantine'))], 'quarantine'],
  [[hit(counts, 15), hit(rule('a', 'defer'))], 'defer'],
  [[hit(refuses), hit(rule('a', 'hang-up'))], 'hang-up'],
];
for (const [hits, kind] of verdicts) {
  test(`${hits.map((one) => `${one.rule.action} ${one.score ?? ''}`).join(', ') || 'nothing'} comes to ${kind}`, () => {
    assert.equal(createPolicies().general.judge(hits, REPLIES.refusedMessage).kind, kind);
  });
}

test('monitoring, of one rule or all, lets pass what would be refused, but for what cannot be softened', () => {
  const one = createPolicies(settings({ 'test/refuses': { monitor: true } })).general;
  assert.equal(one.judge([hit(refuses)], REPLIES.refusedMessage).kind, 'accept');
  const all = createPolicies(settings({}, { monitorOnly: true })).general;
  assert.equal(all.judge([hit(refuses), hit(counts, 99)], REPLIES.refusedMessage).kind, 'accept');
  assert.equal(all.judge([hit(rule('fixed', 'refuse', { fixed: true }))], REPLIES.refusedMessage).kind, 'refuse');
});

test('the first exception that names a recipient holds for it: its address, with a tag or without, or its domain', () => {
  const exception = (recipients: string[] | null, action: Action, direction: 'in' | 'out' | null = null) => ({
    recipients: recipients === null ? null : new Set(recipients),
    direction,
    settings: settings({ 'test/refuses': { action } }),
  });
  const policies = createPolicies(settings(), [
    exception(['anna@here.example'], 'note'),
    exception(['here.example'], 'tag', 'in'),
    exception(null, 'defer', 'out'),
  ]);
  const action = (local: string, domain: string, direction: 'in' | 'out') =>
    policies.of({ local, domain }, direction).actionOf(refuses);
  assert.equal(action('Anna', 'here.example', 'in'), 'note');
  assert.equal(action('anna+list', 'here.example', 'out'), 'note');
  assert.equal(action('berta', 'here.example', 'in'), 'tag');
  assert.equal(action('berta', 'here.example', 'out'), 'defer');
  assert.equal(action('x', 'other.example', 'out'), 'defer');
  assert.equal(action('x', 'other.example', 'in'), 'refuse');
});

test('before a recipient is known, nothing ends that some recipient may want', () => {
  const policies = createPolicies(settings(), [
    {
      recipients: new Set(['anna@here.example']),
      direction: null,
      settings: settings({ 'test/refuses': { action: 'tag' } }, { refuseAt: 100 }),
    },
  ]);
  assert.equal(policies.early.judge([hit(refuses)], REPLIES.refusedMessage).kind, 'tag');
  assert.equal(policies.general.judge([hit(refuses)], REPLIES.refusedMessage).kind, 'refuse');
  assert.notEqual(policies.early.judge([hit(counts, 20)], REPLIES.refusedMessage).kind, 'refuse');
});

test('the early policy is never stricter than that of any recipient', () => {
  const STRICT = ['accept', 'tag', 'quarantine', 'defer', 'refuse', 'hang-up'];
  const rules = ['a', 'b', 'c'].map((id) => rule(id, 'score', { score: 4 }));
  const setting = fc.record({ action: fc.constantFrom(...ACTIONS), score: fc.integer({ min: 0, max: 9 }) });
  const made = fc
    .record({ a: setting, b: setting, c: setting, tag: fc.nat(20), quarantine: fc.nat(20), refuse: fc.nat(20) })
    .map(({ a, b, c, tag, quarantine, refuse }) =>
      settings({ 'test/a': a, 'test/b': b, 'test/c': c }, { tagAt: tag, quarantineAt: quarantine, refuseAt: refuse }),
    );
  fc.assert(
    fc.property(made, made, fc.subarray(rules, { minLength: 1 }), (general, special, found) => {
      const policies = createPolicies(general, [{ recipients: null, direction: 'out', settings: special }]);
      const kind = (policy: typeof policies.early) =>
        STRICT.indexOf(
          policy.judge(
            found.map((one) => hit(one)),
            REPLIES.refusedMessage,
          ).kind,
        );
      const ended = STRICT.indexOf('defer');
      if (kind(policies.early) < ended) return true;
      return kind(policies.general) >= ended && kind(policies.of(anna, 'out')) >= ended;
    }),
  );
});
