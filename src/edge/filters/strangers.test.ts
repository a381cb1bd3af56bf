/** What keeps strangers in bounds: places, rates, waiting, slowness, lists. Time is the test's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { atRcpt, envelope, filterBench, hello, peer, recipient, ruleOf } from '../../../test/harness/edge-filter.ts';
import { zoneResolver } from '../../../test/harness/practice-zone.ts';
import type { Resolver } from '../../net/resolver.ts';
import { NetworkSet, readNetwork } from '../../wire/ip/networks.ts';
import { DEFAULT_CONTROLS } from '../controls.ts';
import { isVouched, noteGood, noteVouched } from '../peers/acquaintance.ts';
import { caps } from './caps.ts';
import { connectionList } from './connection-list.ts';
import { dnsList } from './dns-list.ts';
import { earlyTalker } from './early-talker.ts';
import { greylist } from './greylist.ts';
import { rate } from './rate.ts';
import { tarpit } from './tarpit.ts';

const friend = peer('192.0.2.9', { exempt: true });

const crowds: readonly (readonly [all: number, mine: number, exempt: boolean, expected: string | null])[] = [
  [1, 1, false, null],
  [200, 200, false, null],
  [201, 201, false, 'caps/too-many-of-one'],
  [500, 300, true, null],
  [24_500, 20, false, null],
  [24_500, 21, false, 'caps/too-many-of-one'],
  [25_001, 1, false, 'caps/full'],
  [25_001, 1, true, 'caps/full'],
];
for (const [all, mine, exempt, expected] of crowds) {
  test(`${mine} of ${all} connections${exempt ? ', exempt' : ''}: ${expected ?? 'served'}`, async () => {
    const bench = filterBench(caps, { connected: { all, mine } });
    assert.equal(await ruleOf(bench.open().connect?.({ peer: exempt ? friend : peer() })), expected);
  });
}

test('a listed network is not served, unless it is exempt', async () => {
  const denied = new NetworkSet([readNetwork('192.0.2.0/24')!]);
  const bench = filterBench(connectionList, { controls: { denied } });
  assert.equal(await ruleOf(bench.open().connect?.({ peer: peer() })), 'connection/denied');
  assert.equal(await ruleOf(bench.open().connect?.({ peer: friend })), null);
  assert.equal(await ruleOf(bench.open().connect?.({ peer: peer('203.0.113.1') })), null);
});

test('a stranger waits for the greeting, the next time hardly, and once it is known not at all', async () => {
  const bench = filterBench(earlyTalker);
  const first = bench.open().connect?.({ peer: peer() });
  assert.ok(first instanceof Promise);
  await bench.clock.advance(499);
  assert.equal(bench.clock.sleepers, 1);
  await bench.clock.advance(1);
  assert.equal(await first, undefined);
  const second = bench.open().connect?.({ peer: peer() });
  await bench.clock.advance(40);
  assert.equal(await second, undefined);
  noteGood(bench.tools.counters, peer().address, bench.clock.now());
  await bench.clock.advance(20 * 60_000);
  assert.equal(bench.open().connect?.({ peer: peer() }), undefined);
  assert.equal(bench.open().connect?.({ peer: friend }), undefined);
});

test('a stranger that leaves has not waited', async () => {
  const bench = filterBench(earlyTalker);
  const filter = bench.open();
  const wait = filter.connect?.({ peer: peer() });
  filter.closed?.();
  assert.equal(await ruleOf(wait), 'early-talker/left');
  assert.equal(bench.clock.sleepers, 0);
  assert.ok(bench.open().connect?.({ peer: peer() }) instanceof Promise);
});

test('a stranger may connect sixty times a minute, a known peer six hundred, an exempt one as it likes', async () => {
  const bench = filterBench(rate);
  const connect = (who = peer()) => ruleOf(bench.open().connect?.({ peer: who }));
  const until = async (most: number, who = peer()) => {
    for (let count = 0; count < most; count++) if ((await connect(who)) !== null) return count;
    return most;
  };
  assert.equal(await until(1_000), 60);
  assert.equal(await until(1_000, friend), 1_000);
  await bench.clock.advance(1_000);
  assert.equal(await until(1_000), 1);
  bench.open().handed?.({ ...atRcpt(), recipients: [], message: null as never }, 'accepted');
  await bench.clock.advance(20 * 60_000);
  assert.equal(await until(1_000), 600);
});

test('a network of strangers has a bound of its own', async () => {
  const bench = filterBench(rate);
  let served = 0;
  for (let host = 1; host <= 20; host++)
    for (let count = 0; count < 50; count++)
      if ((await ruleOf(bench.open().connect?.({ peer: peer(`192.0.2.${host}`) }))) === null) served++;
  assert.equal(served, 480);
});

test('messages, recipients, senders and mailboxes are counted each for itself', async () => {
  const { rates } = DEFAULT_CONTROLS;
  const few = { burst: 2, perMinute: 1 };
  const mailsOf = async (bench: ReturnType<typeof filterBench>, address: (n: number) => string) => {
    const seen = [];
    for (let n = 0; n < 3; n++) seen.push(await ruleOf(bench.open().mail?.(atRcpt({ peer: peer(address(n)) }))));
    return seen;
  };
  const strict = { fresh: few, known: few, suspect: few };
  const byPeer = filterBench(rate, { controls: { rates: { ...rates, messages: strict } } });
  assert.deepEqual(await mailsOf(byPeer, () => '192.0.2.9'), [null, null, 'rate/messages']);
  const bySender = filterBench(rate, { controls: { rates: { ...rates, perSender: few } } });
  assert.deepEqual(await mailsOf(bySender, (n) => `198.51.${n}.9`), [null, null, 'rate/of-sender']);
  const recipients = filterBench(rate, { controls: { rates: { ...rates, recipients: strict } } });
  const mailboxes = filterBench(rate, { controls: { rates: { ...rates, perRecipient: few } } });
  for (const [bench, expected] of [
    [recipients, 'rate/recipients'],
    [mailboxes, 'rate/to-recipient'],
  ] as const) {
    const seen = [];
    for (let n = 0; n < 3; n++) {
      const address = bench === mailboxes ? `198.51.${n}.9` : '192.0.2.9';
      seen.push(await ruleOf(bench.open().rcpt?.(atRcpt({ peer: peer(address) }))));
    }
    assert.deepEqual(seen, [null, null, expected]);
  }
});

test('a flood in the name of a domain, or to a mailbox, holds up strangers, and not who is known', async () => {
  const few = { burst: 2, perMinute: 1 };
  const rates = { ...DEFAULT_CONTROLS.rates, perDomain: few, perSender: few, perRecipient: few };
  const bench = filterBench(rate, { controls: { rates } });
  bench.open().handed?.({ ...atRcpt(), recipients: [], message: null as never }, 'accepted');
  await bench.clock.advance(20 * 60_000);
  const said = async (address: string, local: string, to: string) => {
    const seen = atRcpt({
      peer: peer(address),
      envelope: envelope(`${local}@large.example`),
      recipient: recipient(`${to}@here.example`),
    });
    const opened = bench.open();
    return [await ruleOf(opened.mail?.(seen)), await ruleOf(opened.rcpt?.(seen))];
  };
  assert.deepEqual(await said('198.51.1.9', 'one', 'alice+a'), [null, null]);
  assert.deepEqual(await said('198.51.2.9', 'two', 'alice+b'), [null, null]);
  assert.deepEqual(await said('198.51.3.9', 'three', 'alice'), ['rate/of-domain', 'rate/to-recipient']);
  assert.deepEqual(await said('192.0.2.9', 'one', 'alice'), [null, null]);
  assert.deepEqual(await said('192.0.2.9', 'one', 'alice'), [null, null]);
  assert.deepEqual(await said('192.0.2.9', 'one', 'alice+c'), ['rate/of-sender', 'rate/to-recipient']);
  assert.deepEqual(await said('192.0.2.9', 'four', 'bob'), [null, null]);
});

test('each error makes the answer to RCPT slower, up to ten seconds; none, or a friend, waits for nothing', async () => {
  const bench = filterBench(tarpit);
  const waited = async (faults: number, who = peer()) => {
    const answer = bench.open().rcpt?.(atRcpt({ faults, peer: who }));
    const began = bench.clock.monotonic();
    if (!(answer instanceof Promise)) return 0;
    while (bench.clock.sleepers > 0) await bench.clock.advance(100);
    await answer;
    return bench.clock.monotonic() - began;
  };
  assert.deepEqual([await waited(0), await waited(1), await waited(3), await waited(50)], [0, 1_000, 3_000, 10_000]);
  assert.equal(await waited(5, friend), 0);
});

test('slow answers never hold more than their share of places', async () => {
  const bench = filterBench(tarpit, { limits: { sessions: 100 } });
  const filters = Array.from({ length: 6 }, () => bench.open());
  const answers = filters.map((filter) => filter.rcpt?.(atRcpt({ faults: 1 })));
  assert.deepEqual(
    answers.map((answer) => answer instanceof Promise),
    [true, true, true, true, true, false],
  );
  for (const filter of filters) filter.closed?.();
  await Promise.all(answers);
  assert.ok(bench.open().rcpt?.(atRcpt({ faults: 1 })) instanceof Promise);
});

const suspect = (more = {}) => atRcpt({ score: 4, ...more });

test('a suspect is deferred, taken after a minute, and then remembered with its network', async () => {
  const bench = filterBench(greylist);
  const ask = (seen = suspect()) => ruleOf(bench.open().rcpt?.(seen));
  assert.equal(await ask(), 'greylist/first-time');
  await bench.clock.advance(59_000);
  assert.equal(await ask(), 'greylist/first-time');
  await bench.clock.advance(1_000);
  assert.equal(await ask(suspect({ peer: peer('192.0.2.77') })), null);
  await bench.clock.advance(30 * 86_400_000);
  assert.equal(await ask(), null);
  assert.equal(await ask(suspect({ envelope: envelope('other@sender.example') })), 'greylist/first-time');
});

test('who is no suspect is not deferred, unless all strangers are', async () => {
  assert.equal(await ruleOf(filterBench(greylist).open().rcpt?.(atRcpt())), null);
  const all = { ...DEFAULT_CONTROLS.greylist, who: 'strangers' as const };
  const bench = filterBench(greylist, { controls: { greylist: all } });
  assert.equal(await ruleOf(bench.open().rcpt?.(atRcpt())), 'greylist/first-time');
  assert.equal(await ruleOf(bench.open().rcpt?.(atRcpt({ peer: friend }))), null);
});

test('a sender whose address has another tag each day is one sender', async () => {
  const bench = filterBench(greylist);
  const ask = (sender: string) =>
    ruleOf(bench.open().rcpt?.(atRcpt({ score: 4, envelope: envelope(`${sender}@sender.example`) })));
  assert.equal(await ask('prvs=3743ab12cd=ann'), 'greylist/first-time');
  await bench.clock.advance(60_000);
  assert.equal(await ask('prvs=37443b12ce=Ann'), null);
  assert.equal(await ask('btv1==34826e458e2==ann'), null);
  assert.equal(await ask('prvs=3743ab12cd=bob'), 'greylist/first-time');
});

test('named senders and networks, and who is vouched for, are never made to wait', async () => {
  const greylistOf = {
    ...DEFAULT_CONTROLS.greylist,
    senders: new Set(['bank.example']),
    networks: new NetworkSet([readNetwork('198.51.100.0/24')!]),
  };
  const bench = filterBench(greylist, { controls: { greylist: greylistOf } });
  const ask = (more = {}) => ruleOf(bench.open().rcpt?.(suspect(more)));
  assert.equal(await ask({ envelope: envelope('a@bank.example') }), null);
  assert.equal(await ask({ peer: peer('198.51.100.9') }), null);
  assert.equal(await ask({ envelope: envelope('a@other.example') }), 'greylist/first-time');
  noteVouched(bench.tools.counters, '192.0.2.9', bench.clock.now());
  assert.equal(await ask({ envelope: envelope('a@third.example') }), null);
});

const ZONE = `
2.0.0.127.good.test. A 127.0.0.2
9.2.0.192.good.test. A 127.0.0.4
2.0.0.127.all.test. A 127.0.0.2
1.0.0.127.all.test. A 127.0.0.2
9.2.0.192.all.test. A 127.0.0.2
2.0.0.127.shut.test. A 127.255.255.254
9.2.0.192.shut.test. A 127.255.255.254
9.2.0.192.gone.test. A 127.0.0.2
`;

test('a list is believed only if it lists its test entry and not everybody', async () => {
  const lists = ['good.test', 'all.test', 'shut.test', 'gone.test'].map((zone) => ({ zone, score: 5, codes: null }));
  const bench = filterBench(dnsList, { zone: ZONE, controls: { dnsLists: lists } });
  const hit = await bench.open().connect?.({ peer: peer() });
  assert.deepEqual([hit?.rule.id, hit?.because, hit?.score], ['dns-list/listed', 'good.test (127.0.0.4)', 5]);
  assert.equal(await ruleOf(bench.open().connect?.({ peer: peer('192.0.2.10') })), null);
  assert.equal(await ruleOf(bench.open().connect?.({ peer: friend })), null);
  assert.deepEqual(bench.notes.map((note) => /"zone":"(\w+)/.exec(note)?.[1]).sort(), ['all', 'gone', 'shut']);
});

test('a list that vouches counts for the peer; only codes that were named count; a refusal is no listing', async () => {
  const zone = `
2.0.0.127.white.test. A 127.0.10.0
9.2.0.192.white.test. A 127.0.5.2
2.0.0.127.codes.test. A 127.0.0.2
9.2.0.192.codes.test. A 127.0.0.10
8.2.0.192.codes.test. A 127.0.0.4
7.2.0.192.codes.test. A 127.255.255.255
6.2.0.192.codes.test. A 192.0.2.1
`;
  const bench = filterBench(dnsList, {
    zone,
    controls: {
      dnsLists: [
        { zone: 'white.test', score: -3, codes: null },
        { zone: 'codes.test', score: 4, codes: ['127.0.0.4'] },
      ],
    },
  });
  const ask = async (address: string) => await bench.open().connect?.({ peer: peer(address) });
  const friendly = await ask('192.0.2.9');
  assert.deepEqual([friendly?.rule.id, friendly?.score], ['dns-list/vouched', -3]);
  assert.ok(isVouched(bench.tools.counters, '192.0.2.9', bench.clock.now()));
  assert.equal((await ask('192.0.2.8'))?.because, 'codes.test (127.0.0.4)');
  assert.equal(await ask('192.0.2.6'), undefined);
  assert.equal(await ask('192.0.2.7'), undefined);
  // It has refused: it is not asked again before the next test.
  assert.equal(await ask('192.0.2.8'), undefined);
  await bench.clock.advance(3_600_001);
  assert.equal((await ask('192.0.2.8'))?.rule.id, 'dns-list/listed');
});

test('a list that falls silent is let alone for a minute, so that nobody waits for it, and then believed again', async () => {
  let silent = true;
  const asked: string[] = [];
  const inner = zoneResolver(ZONE);
  const resolver: Resolver = {
    ...inner,
    query: async (name, type) => {
      asked.push(name);
      return silent ? { status: 'failed', reason: 'dns-timeout', detail: '' } : inner.query(name, type);
    },
  };
  const lists = [{ zone: 'good.test', score: 5, codes: null }];
  const bench = filterBench(dnsList, { resolver, controls: { dnsLists: lists } });
  const look = () => ruleOf(bench.open().connect?.({ peer: peer() }));
  // As when the machine has just begun and its network has not.
  for (let count = 0; count < 5; count++) assert.equal(await look(), null);
  assert.equal(asked.length, 2);
  silent = false;
  await bench.clock.advance(60_000);
  assert.equal(await look(), 'dns-list/listed');
  silent = true;
  asked.length = 0;
  for (let count = 0; count < 9; count++) assert.equal(await look(), null);
  assert.equal(asked.length, 3);
  silent = false;
  await bench.clock.advance(60_000);
  assert.equal(await look(), 'dns-list/listed');
  assert.equal(bench.notes.length, 2);
});

test('hello is said with a name of one’s own', async () => {
  const { helloName } = await import('./hello-name.ts');
  const bench = filterBench(helloName);
  const says = (name: string, who = peer()) => ruleOf(bench.open().hello?.({ peer: who, hello: hello(name) }));
  for (const name of ['mx.here.example', 'HERE.example', 'localhost', '[198.51.100.1]'])
    assert.equal(await says(name), 'hello/our-name', name);
  for (const name of ['192.0.2.9', 'mail']) assert.equal(await says(name), 'hello/no-name', name);
  for (const name of ['mail.sender.example', '[192.0.2.9]']) assert.equal(await says(name), null, name);
  assert.equal(await says('mx.here.example', friend), null);
  assert.equal(await says('localhost.localdomain', peer('127.0.0.1')), null);
});
