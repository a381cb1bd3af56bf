import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { zoneExchange, zoneResolver } from '../../test/harness/practice-zone.ts';
import { readMessage } from '../wire/dns/message.ts';
import type { DnsRecord } from '../wire/dns/record.ts';
import type { DnsExchange, ExchangeResult } from './dns-exchange.ts';
import { createResolver } from './dns-resolver.ts';

const FIRST = { address: '192.0.2.1', port: 53 };
const SECOND = { address: '192.0.2.2', port: 53 };

/** A message without records, to be changed. */
const EMPTY = readMessage(Buffer.from('000181800000000000000000', 'hex'));

function answered(parts: object): ExchangeResult {
  assert.ok(EMPTY);
  return { kind: 'answer', message: { ...EMPTY, ...parts } };
}

/** An exchange that says what each server says, and counts. */
function scripted(says: Readonly<Record<string, ExchangeResult>>): DnsExchange & { readonly asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    async ask(server) {
      asked.push(server.address);
      return says[server.address] ?? { kind: 'timeout' };
    },
    close() {},
  };
}

const record: DnsRecord = { name: 'here.example', ttl: 60, type: 'A', address: '192.0.2.9' };

test('absence comes in two kinds, and a failure is neither', async () => {
  const { query } = zoneResolver('here.example A 192.0.2.9\nbelow.deep.example A 192.0.2.9\nsick.example ! servfail');
  assert.equal((await query('HERE.example.', 'A')).status, 'found');
  assert.equal((await query('here.example', 'MX')).status, 'nothing');
  assert.equal((await query('deep.example', 'A')).status, 'nothing');
  assert.equal((await query('gone.example', 'A')).status, 'no-such-name');
  assert.deepEqual(await query('sick.example', 'A'), {
    status: 'failed',
    reason: 'dns-servfail',
    detail: '192.0.2.53 port 53 answered SERVFAIL',
  });
  assert.equal((await query('not..a.name', 'A')).status, 'no-such-name');
});

test('every way to fail has its reason', async () => {
  const { query } = zoneResolver(`refused.example ! refused
silent.example ! silent
garbage.example ! garbage
cut.example ! cut
large.example *12000 MX 10 mx%.other.example
a.example CNAME b.example
b.example CNAME a.example`);
  const reasonOf = async (name: string, type: 'A' | 'MX' = 'A') => {
    const answer = await query(name, type);
    return answer.status === 'failed' ? answer.reason : answer.status;
  };
  assert.equal(await reasonOf('refused.example'), 'dns-refused');
  assert.equal(await reasonOf('silent.example'), 'dns-timeout');
  assert.equal(await reasonOf('garbage.example'), 'dns-malformed');
  assert.equal(await reasonOf('cut.example'), 'dns-malformed');
  assert.equal(await reasonOf('large.example', 'MX'), 'dns-malformed');
  assert.equal(await reasonOf('a.example'), 'dns-loop');
});

test('a CNAME chain is followed, named, and bounded, whoever follows it', async () => {
  const links = Array.from({ length: 20 }, (_, at) => `l${at}.example CNAME l${at + 1}.example`).join('\n');
  const { query } = zoneResolver(`one.example CNAME two.example
two.example CNAME here.example
here.example A 192.0.2.9
dead.example CNAME gone.example
${links}`);
  const answer = await query('one.example', 'A');
  assert.ok(answer.status === 'found');
  assert.deepEqual([answer.name, answer.chain], ['here.example', ['two.example', 'here.example']]);
  assert.deepEqual(await query('dead.example', 'A'), {
    status: 'no-such-name',
    chain: ['gone.example'],
    authenticated: false,
  });
  // The zone server follows ten links of an answer itself; the resolver asks on, and gives up.
  assert.deepEqual(await query('l0.example', 'A'), {
    status: 'failed',
    reason: 'dns-loop',
    detail: 'the CNAME chain of l0.example leads nowhere',
  });
  assert.equal((await query('one.example', 'CNAME')).status, 'found');
});

test('an answer counts as validated only if each step was', async () => {
  const { query } = zoneResolver(
    'a.signed.example CNAME b.plain.example\nb.plain.example CNAME c.signed.example\nc.signed.example A 192.0.2.9\nsigned.example ! signed',
  );
  const direct = await query('c.signed.example', 'A');
  assert.ok(direct.status === 'found' && direct.authenticated);
  const absent = await query('none.signed.example', 'A');
  assert.ok(absent.status === 'no-such-name' && absent.authenticated);
  const plain = await query('b.plain.example', 'A');
  assert.ok(plain.status === 'found' && !plain.authenticated);
});

test('the second server is asked when the first has no answer, and not when it has', async () => {
  const good = answered({ answers: [record] });
  for (const first of [
    { kind: 'timeout' },
    { kind: 'malformed', detail: 'broke off' },
    { kind: 'unreachable', detail: 'ECONNREFUSED' },
    answered({ code: 'SERVFAIL' }),
    answered({ code: 'REFUSED' }),
  ] as const) {
    const exchange = scripted({ [FIRST.address]: first, [SECOND.address]: good });
    const { query } = createResolver({ servers: [FIRST, SECOND], clock: createFakeClock(), exchange });
    assert.equal((await query('here.example', 'A')).status, 'found');
    assert.deepEqual(exchange.asked, [FIRST.address, SECOND.address]);
  }
  const exchange = scripted({ [FIRST.address]: answered({ code: 'NXDOMAIN' }), [SECOND.address]: good });
  const { query } = createResolver({ servers: [FIRST, SECOND], clock: createFakeClock(), exchange });
  assert.equal((await query('here.example', 'A')).status, 'no-such-name');
  assert.deepEqual(exchange.asked, [FIRST.address]);
});

test('only a silent server is asked again', async () => {
  const exchange = scripted({ [SECOND.address]: answered({ code: 'SERVFAIL' }) });
  const { query } = createResolver({ servers: [FIRST, SECOND], clock: createFakeClock(), exchange });
  assert.equal((await query('here.example', 'A')).status, 'failed');
  assert.deepEqual(exchange.asked, [FIRST.address, SECOND.address, FIRST.address]);
});

test('no server at all is told as such', async () => {
  const { query } = createResolver({ servers: [], clock: createFakeClock(), exchange: scripted({}) });
  const answer = await query('here.example', 'A');
  assert.ok(answer.status === 'failed' && answer.reason === 'no-resolver');
});

test('a server that only points elsewhere proves no absence', async () => {
  const ns: DnsRecord = { name: 'example', ttl: 60, type: 'NS', target: 'ns.example' };
  const referral = { recursionAvailable: false, authoritative: false, authorities: [ns] };
  const { query } = createResolver({
    servers: [FIRST],
    clock: createFakeClock(),
    exchange: scripted({ [FIRST.address]: answered(referral) }),
  });
  const answer = await query('here.example', 'A');
  assert.ok(answer.status === 'failed' && answer.reason === 'dns-refused');
});

test('equal questions at the same time are asked once', async () => {
  const exchange = zoneExchange('here.example A 192.0.2.9');
  const { query } = zoneResolver('', { exchange });
  const answers = await Promise.all([
    query('here.example', 'A'),
    query('HERE.example.', 'A'),
    query('here.example', 'A'),
  ]);
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['found', 'found', 'found'],
  );
  assert.deepEqual(exchange.asked, ['A here.example']);
});

test('an answer is remembered for as long as its records say, an absence as its SOA says, a failure half a minute', async () => {
  const clock = createFakeClock();
  const exchange = zoneExchange(`example SOA ns.example root.example 1 20
here.example A 192.0.2.9
sick.example ! servfail`);
  const { query } = zoneResolver('', { exchange, clock });
  const asksAgain = async (name: string) => {
    const before = exchange.asked.length;
    await query(name, 'A');
    return exchange.asked.length > before;
  };
  for (const [name, seconds] of [
    ['here.example', 60],
    ['gone.example', 20],
    ['sick.example', 30],
  ] as const) {
    assert.ok(await asksAgain(name), name);
    await clock.advance(seconds * 1000 - 1);
    assert.ok(!(await asksAgain(name)), `${name} is remembered`);
    await clock.advance(1);
    assert.ok(await asksAgain(name), `${name} is forgotten`);
  }
});

test('the cache forgets the oldest when it is full', async () => {
  const exchange = zoneExchange('a.example A 192.0.2.1\nb.example A 192.0.2.1\nc.example A 192.0.2.1');
  const { query } = zoneResolver('', { exchange, cacheSize: 2, clock: createFakeClock() });
  for (const name of ['a.example', 'b.example', 'c.example', 'c.example', 'b.example', 'a.example'])
    await query(name, 'A');
  assert.deepEqual(exchange.asked, ['A a.example', 'A b.example', 'A c.example', 'A a.example']);
});

test('no more questions are open than allowed, and each gets its turn', async () => {
  let open = 0;
  let most = 0;
  const exchange: DnsExchange = {
    async ask() {
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open--;
      return answered({ code: 'NXDOMAIN' });
    },
    close() {},
  };
  const { query } = createResolver({ servers: [FIRST], clock: createFakeClock(), exchange, inFlight: 3 });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => query(`n${at}.example`, 'A')));
  assert.equal(answers.length, 20);
  assert.equal(most, 3);
});

test('a run that is stopped asks no further, and remembers no failure', async () => {
  const stop = new AbortController();
  stop.abort();
  const exchange = zoneExchange('here.example A 192.0.2.9');
  const { query } = zoneResolver('', { exchange });
  const answer = await query('here.example', 'A', { signal: stop.signal });
  assert.ok(answer.status === 'failed' && answer.reason === 'dns-timeout');
  assert.deepEqual(exchange.asked, []);
  assert.equal((await query('here.example', 'A')).status, 'found');
});
