import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Dossier, EndpointDossier } from '../dossier.ts';
import type { MtaStsPolicySeen } from '../probes/mta-sts-policy.ts';
import type { TlsSeen } from '../probes/visit-seen.ts';
import { mtaStsPolicy } from './mta-sts-policy.ts';

const AT = '2026-11-25T10:00:00.000Z';
const URL = 'https://mta-sts.d.example/.well-known/mta-sts.txt';
const ENFORCED = 'version: STSv1\nmode: enforce\nmax_age: 604800\nmx: *.d.example\n';
const found = (body: string): MtaStsPolicySeen => ({ state: 'found', url: URL, contentType: 'text/plain', body });

function rulesOf(seen: MtaStsPolicySeen, endpoints: readonly EndpointDossier[] = [], name = 'mx.d.example'): string[] {
  const dossier: Dossier = {
    target: 'd.example',
    depth: 'polite',
    startedAt: AT,
    finishedAt: AT,
    domain: { 'mta-sts-policy': seen },
    servers: [{ name, preference: 10, addresses: ['192.0.2.1'], endpoints }],
    unreached: [],
  };
  const findings = [...mtaStsPolicy.judge(dossier)];
  for (const { evidence } of findings) assert.ok(JSON.stringify(evidence).includes(URL), 'the policy is quoted');
  return findings.map(({ rule, subject }) => `${rule.id} ${subject}`);
}

const files: readonly (readonly [what: string, seen: MtaStsPolicySeen, rules: readonly string[]])[] = [
  ['nothing that was promised', { state: 'not-asked' }, []],
  ['a policy in order', found(ENFORCED), []],
  ['a host that does not exist', { state: 'no-host', url: URL }, ['mta-sts/no-policy d.example']],
  [
    'no such file',
    { state: 'other-answer', url: URL, status: 404, detail: 'the server answers 404' },
    ['mta-sts/no-policy d.example'],
  ],
  [
    'a bad certificate',
    { state: 'distrusted', url: URL, status: 0, detail: 'expired' },
    ['mta-sts/policy-certificate d.example'],
  ],
  ['no HTTP', { state: 'broken', url: URL, status: 0, detail: 'x' }, ['mta-sts/policy-broken d.example']],
  ['a web page', found('<html>'), ['mta-sts/policy-broken d.example']],
  ['mode testing', found(ENFORCED.replace('enforce', 'testing')), ['mta-sts/not-enforced d.example']],
  ['mode none', found('version: STSv1\nmode: none\nmax_age: 60\n'), ['mta-sts/not-enforced d.example']],
  ['an hour', found(ENFORCED.replace('604800', '3600')), ['mta-sts/short-age d.example']],
];
for (const [what, seen, rules] of files)
  test(`${what}: ${rules.join(', ') || 'nothing to say'}`, () => assert.deepEqual(rulesOf(seen), rules));

test('a server that the policy leaves out is refused by senders who keep it, and will be by those who test it', () => {
  assert.deepEqual(rulesOf(found(ENFORCED), [], 'mx.other.example'), ['mta-sts/mx-not-covered mx.other.example']);
  assert.deepEqual(rulesOf(found(ENFORCED), [], 'a.mx.d.example'), ['mta-sts/mx-not-covered a.mx.d.example']);
  assert.deepEqual(rulesOf(found(ENFORCED.replace('enforce', 'testing')), [], 'mx.other.example'), [
    'mta-sts/not-enforced d.example',
    'mta-sts/mx-not-covered-yet mx.other.example',
  ]);
});

const trusted: TlsSeen = {
  state: 'established',
  protocol: 'TLSv1.3',
  cipher: 'x',
  chain: [],
  distrust: null,
  nameMatches: true,
};

function endpoint(
  tls: TlsSeen | undefined,
  more: { readonly port?: number; readonly early?: true } = {},
): EndpointDossier {
  const reply = { code: 250, status: null, lines: ['mx'] };
  return {
    address: '192.0.2.1',
    port: more.port ?? 25,
    state: 'open',
    seen: {
      visit: {
        lines: [],
        steps: { ehlo: { command: 'EHLO a', reply, at: [0, 0], took: 1 } },
        randomRecipient: '',
        ended: more.early ? { how: 'timeout', step: 'help' } : { how: 'done' },
        ...(tls === undefined ? {} : { tls }),
      },
    },
  };
}

const servers: readonly (readonly [what: string, endpoint: EndpointDossier, fails: boolean])[] = [
  ['a trusted certificate for its name', endpoint(trusted), false],
  ['no TLS', endpoint(undefined), true],
  ['no TLS as far as the visit came', endpoint(undefined, { early: true }), false],
  ['a self-signed certificate', endpoint({ ...trusted, distrust: 'DEPTH_ZERO_SELF_SIGNED_CERT' }), true],
  ['a certificate for another name', endpoint({ ...trusted, nameMatches: false }), true],
  ['a handshake that breaks', endpoint({ state: 'failed', detail: 'alert 80', fault: 'theirs' }), true],
  ['a handshake that we cannot do', endpoint({ state: 'failed', detail: 'RC4', fault: 'ours' }), false],
  ['no TLS on a port that no sender uses', endpoint(undefined, { port: 587 }), false],
];
for (const [what, one, fails] of servers) {
  test(`${what} ${fails ? 'fails' : 'does not fail'} an enforced policy, and none that is in test`, () => {
    assert.deepEqual(rulesOf(found(ENFORCED), [one]), fails ? ['mta-sts/mx-certificate mx.d.example:25'] : []);
    assert.deepEqual(rulesOf(found(ENFORCED.replace('enforce', 'testing')), [one]), ['mta-sts/not-enforced d.example']);
  });
}
