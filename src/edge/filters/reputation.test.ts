/** What peers did is remembered, decays, is explained, and chooses their limits. Time is the test's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRcpt, type FilterBench, filterBench, peer, recipient, ruleOf } from '../../../test/harness/edge-filter.ts';
import { DEFAULT_CONTROLS } from '../controls.ts';
import type { EdgeEvent } from '../event.ts';
import type { OpenFilter } from '../filter.ts';
import { acquaintanceOf } from '../peers/acquaintance.ts';
import type { EdgeRule } from '../rule.ts';
import { untaggedBounce } from './null-sender.ts';
import { rate } from './rate.ts';
import { unknownRecipient } from './recipient-shield.ts';
import { reputation } from './reputation.ts';
import { bareNewline, ownFault, unknownCommand } from './strict-protocol.ts';
import { sprung, trap } from './trap.ts';

const DAY = 86_400_000;

const fault = (rule: EdgeRule): EdgeEvent => ({ kind: 'fault', session: 's', rule, because: '', action: rule.action });
const hit = (rule: EdgeRule, because = ''): EdgeEvent => ({
  kind: 'hit',
  session: 's',
  stage: 'rcpt',
  hit: { rule, because },
});
const letter = (verdict: string, code: number, because: readonly string[] = []): EdgeEvent => ({
  kind: 'message',
  session: 's',
  id: 'm',
  peer: '192.0.2.9',
  hello: 'a',
  tls: null,
  sender: '',
  recipients: [],
  messageId: null,
  size: 1,
  verdict,
  code,
  because,
  took: 1,
});

async function connect(
  bench: FilterBench,
  address = '192.0.2.9',
): Promise<OpenFilter & { readonly told: string | null }> {
  const filter = bench.open();
  const told = await ruleOf(filter.connect?.({ peer: peer(address) }));
  return { ...filter, told };
}

async function does(bench: FilterBench, events: readonly EdgeEvent[], address?: string): Promise<void> {
  const filter = await connect(bench, address);
  for (const event of events) filter.heard?.(event);
}

const times = <T>(count: number, one: T): T[] => Array.from({ length: count }, () => one);

test('a stranger is nothing; two traps send it away for an hour, and the next time for two', async () => {
  const bench = filterBench(reputation);
  assert.equal((await connect(bench)).told, null);
  await does(bench, [hit(sprung), hit(sprung)]);
  assert.equal((await connect(bench)).told, 'reputation/blocked');
  await bench.clock.advance(3_600_000);
  assert.equal((await connect(bench)).told, 'reputation/suspect');
  await does(bench, [hit(sprung)]);
  await bench.clock.advance(3_600_000);
  assert.equal((await connect(bench)).told, 'reputation/blocked');
  await bench.clock.advance(3_600_000);
  assert.equal((await connect(bench)).told, 'reputation/suspect');
});

test('a server that returns what others sent in our name keeps its good name', async () => {
  const bench = filterBench(reputation);
  const deeds = (because: readonly string[]) => times(20, letter('refuse', 550, because));
  await does(bench, deeds([untaggedBounce.id, 'greylist/first-time']));
  assert.equal((await connect(bench)).told, null);
  await does(bench, deeds(['header/several-authors', untaggedBounce.id]));
  assert.equal((await connect(bench)).told, 'reputation/blocked');
});

test('it is told why, in numbers', async () => {
  const bench = filterBench(reputation);
  await does(bench, [
    ...times(3, letter('accept', 250)),
    ...times(4, fault(bareNewline)),
    ...times(9, hit(unknownRecipient)),
  ]);
  const told = await bench.open().connect?.({ peer: peer() });
  assert.equal(told?.rule.id, 'reputation/suspect');
  assert.equal(
    told?.because,
    '192.0.2.9: 3 letters taken, 4 attacks on the protocol, 9 unknown recipients; half of it is forgotten in 14 days',
  );
  assert.equal(told?.score, 4);
});

test('it is forgotten by halves: after some weeks a machine that was cleaned is a stranger again', async () => {
  const bench = filterBench(reputation);
  await does(bench, times(8, fault(bareNewline)));
  assert.equal((await connect(bench)).told, 'reputation/blocked');
  await bench.clock.advance(14 * DAY);
  assert.equal((await connect(bench)).told, 'reputation/suspect');
  await bench.clock.advance(28 * DAY);
  assert.equal((await connect(bench)).told, null);
});

test('who sends much good mail may make some errors; small ones count for nothing', async () => {
  const bench = filterBench(reputation);
  await does(bench, [
    ...times(50, letter('accept', 250)),
    ...times(10, fault(bareNewline)),
    ...times(99, fault(unknownCommand)),
  ]);
  assert.equal((await connect(bench)).told, null);
  await does(bench, times(99, fault(ownFault)), '198.51.100.1');
  assert.equal((await connect(bench, '198.51.100.1')).told, null);
});

test('many bad neighbours make a stranger a suspect, and a good sender among them not', async () => {
  const bench = filterBench(reputation);
  await does(bench, times(10, letter('accept', 250)), '192.0.2.200');
  for (let host = 1; host <= 20; host++) await does(bench, [hit(sprung)], `192.0.2.${host}`);
  const told = await bench.open().connect?.({ peer: peer('192.0.2.99') });
  assert.equal(told?.rule.id, 'reputation/suspect');
  assert.match(told?.because ?? '', /^192\.0\.2\.99 is of 192\.0\.2\.0\/24: 10 letters taken, 200 points against it/);
  assert.equal((await connect(bench, '192.0.2.200')).told, null);
  assert.equal((await connect(bench, '198.51.100.7')).told, null);
});

test('a domain whose letters were taken often is known at each of its addresses, by the name that leads back to them', async () => {
  const bench = filterBench(reputation);
  const named = (address: string, name: string) =>
    bench.tools.counters.set(`name:${address}`, name, bench.clock.now() + DAY);
  named('192.0.2.9', 'confirmed out1.mail.pool.example');
  named('198.51.100.9', 'confirmed out2.mail.pool.example');
  named('203.0.113.9', 'unconfirmed out3.mail.pool.example');
  await does(bench, times(30, letter('accept', 250)));
  for (const [address, expected] of [
    ['198.51.100.9', 'known'],
    ['203.0.113.9', 'fresh'],
  ] as const) {
    await connect(bench, address);
    assert.equal(acquaintanceOf(bench.tools.counters, address, bench.clock.now()), expected);
  }
});

test('a suspect has narrower rates than a stranger', async () => {
  const bench = filterBench(reputation);
  await does(bench, times(3, fault(bareNewline)));
  const limited = async (address: string) => {
    const filter = rate.prepare(bench.tools)?.();
    for (let letters = 1; letters < 100; letters++)
      if ((await filter?.mail?.(atRcpt({ peer: peer(address) }))) !== undefined) return letters - 1;
    return 100;
  };
  assert.equal(await limited('192.0.2.9'), 10);
  assert.equal(await limited('198.51.100.9'), 60);
});

test('addresses of the inside are not judged, unless that is wanted; exempt peers never', async () => {
  const bench = filterBench(reputation);
  await does(bench, times(9, hit(sprung)), '10.0.0.9');
  assert.equal((await connect(bench, '10.0.0.9')).told, null);
  const strict = filterBench(reputation, {
    controls: { reputation: { ...DEFAULT_CONTROLS.reputation, inside: true } },
  });
  await does(strict, times(9, hit(sprung)), '10.0.0.9');
  assert.equal((await connect(strict, '10.0.0.9')).told, 'reputation/blocked');
  const friend = await ruleOf(strict.open().connect?.({ peer: peer('10.0.0.9', { exempt: true }) }));
  assert.equal(friend, null);
});

test('a trap answers in the words for an unknown recipient', async () => {
  const traps = new Set(['old.list@here.example']);
  const bench = filterBench(trap, { controls: { recipients: { ...DEFAULT_CONTROLS.recipients, traps } } });
  const told = await bench.open().rcpt?.(atRcpt({ recipient: recipient('Old.List@here.example') }));
  assert.equal(told?.rule.id, 'recipient/trap');
  assert.deepEqual(told?.rule.reply, unknownRecipient.reply);
  assert.equal(await bench.open().rcpt?.(atRcpt()), undefined);
});
