/** Who is there, by DNS: asked once, and believed only where it can be. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { filterBench, peer } from '../../../test/harness/edge-filter.ts';
import { rememberedName } from '../peers/peer-name.ts';
import { reverseNames } from './reverse-name.ts';

const ZONE = `
1.2.0.192.in-addr.arpa. PTR mail.good.test.
mail.good.test. A 192.0.2.1
2.2.0.192.in-addr.arpa. PTR mail.bank.test.
mail.bank.test. A 198.51.100.1
4.2.0.192.in-addr.arpa. PTR host-4-2-0-192.pool.test.
host-4-2-0-192.pool.test. A 192.0.2.4
5.2.0.192.in-addr.arpa. PTR gone.test.
5.2.0.192.in-addr.arpa. PTR second.good.test.
second.good.test. A 192.0.2.5
`;

const cases: readonly (readonly [address: string, rule: string | null, because: RegExp])[] = [
  ['192.0.2.1', null, /./],
  ['192.0.2.2', 'name/unconfirmed', /says mail\.bank\.test/],
  ['192.0.2.3', 'name/none', /192\.0\.2\.3/],
  ['192.0.2.4', 'name/of-a-line', /host-4-2-0-192/],
  ['192.0.2.5', null, /./],
  ['127.0.0.1', null, /./],
  ['10.1.2.3', null, /./],
];
for (const [address, rule, because] of cases) {
  test(`${address}: ${rule ?? 'nothing to say'}`, async () => {
    const bench = filterBench(reverseNames, { zone: ZONE });
    const hit = await bench.open().connect?.({ peer: peer(address) });
    assert.equal(hit?.rule.id ?? null, rule);
    if (hit !== undefined) assert.match(hit.because, because);
  });
}

test('an answer is remembered for an hour, and a friend is not looked up', async () => {
  const bench = filterBench(reverseNames, { zone: ZONE });
  assert.ok(bench.open().connect?.({ peer: peer('192.0.2.2') }) instanceof Promise);
  await bench.open().connect?.({ peer: peer('192.0.2.2') });
  const again = bench.open().connect?.({ peer: peer('192.0.2.2') });
  assert.ok(!(again instanceof Promise));
  assert.equal(again?.rule.id, 'name/unconfirmed');
  assert.deepEqual(rememberedName(bench.tools.counters, '192.0.2.2', bench.clock.now()), {
    kind: 'unconfirmed',
    name: 'mail.bank.test',
  });
  await bench.clock.advance(3_600_000);
  assert.ok(bench.open().connect?.({ peer: peer('192.0.2.2') }) instanceof Promise);
  assert.equal(bench.open().connect?.({ peer: peer('192.0.2.3', { exempt: true }) }), undefined);
});

test('DNS that does not answer says nothing against anybody', async () => {
  const bench = filterBench(reverseNames, { zone: ZONE });
  const silent = filterBench(reverseNames, {
    resolver: { query: async () => ({ status: 'failed', reason: 'dns-timeout', detail: '' }), close: () => undefined },
  });
  assert.equal(await silent.open().connect?.({ peer: peer('192.0.2.3') }), undefined);
  assert.notEqual(await bench.open().connect?.({ peer: peer('192.0.2.3') }), undefined);
});
