import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredZone } from '../../../test/harness/declared-zone.ts';
import { dnsTools } from '../../../test/harness/scan-tools.ts';
import { walkDmarc } from './dmarc-walk.ts';

async function walk(domain: string, ...lines: readonly string[]) {
  const zone = declaredZone(`example SOA ns.example root.example 7 30\n${lines.join('\n')}`);
  const seen = await walkDmarc(domain, dnsTools(zone));
  return { seen, asked: zone.asked };
}

const policy = (name: string, rest = '') => `_dmarc.${name} TXT "v=DMARC1; p=reject${rest}"`;

const cases: readonly (readonly [what: string, domain: string, lines: readonly string[], name: string])[] = [
  ['its own record', 'mail.d.example', [policy('mail.d.example'), policy('d.example')], 'mail.d.example'],
  ['that of the parent', 'mail.d.example', [policy('d.example')], 'd.example'],
  [
    'that of the highest parent, not of the nearest',
    'a.b.d.example',
    [policy('b.d.example', '; sp=none'), policy('d.example')],
    'd.example',
  ],
  [
    'that of the parent which says psd=n',
    'a.b.d.example',
    [policy('b.d.example', '; psd=n'), policy('d.example')],
    'b.d.example',
  ],
  [
    'that of the name below a public suffix',
    'a.b.d.example',
    [policy('b.d.example'), policy('d.example', '; psd=y')],
    'b.d.example',
  ],
  ['that of the public suffix if there is no other', 'a.d.example', [policy('example', '; psd=y')], 'example'],
  [
    'that of the grandparent if the parent has two',
    'a.b.d.example',
    [policy('b.d.example'), policy('b.d.example'), policy('d.example')],
    'd.example',
  ],
];

for (const [what, domain, lines, name] of cases) {
  test(`the policy of ${domain} is ${what}`, async () => {
    const { seen } = await walk(domain, ...lines);
    assert.ok(seen.state === 'known');
    assert.deepEqual([seen.value.name, seen.value.records.length], [`_dmarc.${name}`, 1]);
    assert.equal(seen.value.own, name === domain);
  });
}

test('a domain with a record of its own is asked once', async () => {
  const { asked } = await walk('mail.d.example', policy('mail.d.example'));
  assert.deepEqual(asked, ['TXT _dmarc.mail.d.example']);
});

test('a parent that DNS fails at hides what counts', async () => {
  const { seen } = await walk('a.b.d.example', policy('b.d.example'), '_dmarc.d.example ! servfail');
  assert.equal(seen.state, 'unknown');
});

test('a name of twenty labels asks eight questions', async () => {
  const { asked } = await walk(`${'a.'.repeat(18)}d.example`);
  assert.equal(asked.length, 8);
});
