import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readZone } from '../range/zone.ts';
import { createZoneServer } from '../range/zone-server.ts';
import { systemClock } from './clock.ts';
import { createDnsExchange, type ExchangeResult } from './dns-exchange.ts';
import { type DnsAnswerer, listenDns } from './dns-listener.ts';

const ZONE = createZoneServer(
  readZone(`here.example A 192.0.2.9
large.example *400 MX 10 mx%.large.example
cut.example ! cut`),
);
/** Plenty for loopback on a busy machine; only the tests of silence wait for less. */
const PATIENT = 20_000;

async function ask(
  answer: DnsAnswerer,
  name: string,
  { timeout = PATIENT, address = '127.0.0.1', type = 'A' as 'A' | 'MX' } = {},
): Promise<ExchangeResult> {
  const server = await listenDns(address, 0, answer);
  const exchange = createDnsExchange(systemClock);
  try {
    return await exchange.ask({ address, port: server.port }, { name, type }, timeout);
  } finally {
    exchange.close();
    await server.close();
  }
}

function countOf(result: ExchangeResult): number | string {
  return result.kind === 'answer' ? result.message.answers.length : result.kind;
}

test('a question goes over UDP and comes back, over IPv4 and IPv6', async () => {
  assert.equal(countOf(await ask(ZONE, 'here.example')), 1);
  assert.equal(countOf(await ask(ZONE, 'here.example', { address: '::1' })), 1);
});

test('an answer that was cut is asked for over TCP', async () => {
  const transports: string[] = [];
  const watched: DnsAnswerer = (query, transport) => {
    transports.push(transport);
    return ZONE(query, transport);
  };
  assert.equal(countOf(await ask(watched, 'large.example', { type: 'MX' })), 400);
  assert.deepEqual(transports, ['udp', 'tcp']);
});

test('an answer that is cut over TCP too proves nothing', async () => {
  assert.deepEqual(await ask(ZONE, 'cut.example'), { kind: 'malformed', detail: 'has an answer too large for DNS' });
});

test('a server that hangs up over TCP is not an empty answer', async () => {
  const result = await ask(
    (query, transport) => (transport === 'udp' ? ZONE(query, 'udp') : Buffer.alloc(0)),
    'cut.example',
  );
  assert.equal(result.kind, 'malformed');
});

test('a name that never comes back ends in time', async () => {
  assert.deepEqual(await ask(() => null, 'here.example', { timeout: 50 }), { kind: 'timeout' });
});

test('a forger who does not know the id or the letters of the name is not heard', async () => {
  const wrongId: DnsAnswerer = (query, transport) => {
    const response = Buffer.from(ZONE(query, transport) ?? []);
    response.writeUInt16BE((response.readUInt16BE(0) + 1) & 0xffff, 0);
    return response;
  };
  assert.equal((await ask(wrongId, 'here.example', { timeout: 100 })).kind, 'timeout');
  const lowerCase: DnsAnswerer = (query, transport) => {
    const response = Buffer.from(ZONE(query, transport) ?? []);
    const end = response.indexOf(0, 12);
    response.write(response.toString('latin1', 12, end).toLowerCase(), 12, 'latin1');
    return response;
  };
  assert.equal((await ask(lowerCase, 'x.there.is.enough.to.mix.example', { timeout: 100 })).kind, 'timeout');
});

test('a query that is sent back is no answer', async () => {
  assert.equal((await ask((query) => query, 'here.example', { timeout: 100 })).kind, 'timeout');
});

test('a closed port is told at once', async () => {
  const server = await listenDns('127.0.0.1', 0, ZONE);
  await server.close();
  const exchange = createDnsExchange(systemClock);
  const result = await exchange.ask(
    { address: '127.0.0.1', port: server.port },
    { name: 'here.example', type: 'A' },
    PATIENT,
  );
  exchange.close();
  assert.equal(result.kind, 'unreachable');
});

test('a server of before EDNS is asked without it', async () => {
  const old: DnsAnswerer = (query, transport) => {
    const edns = (query[11] as number) > 0;
    const response = Buffer.from(ZONE(query, transport) ?? []);
    if (!edns) return response;
    const formerr = Buffer.from(response.subarray(0, 12));
    formerr[3] = 1;
    formerr.fill(0, 4);
    return formerr;
  };
  assert.equal(countOf(await ask(old, 'here.example')), 1);
});

test('a thousand questions at once all find their own answer', async () => {
  const server = await listenDns(
    '127.0.0.1',
    0,
    createZoneServer(readZone('*.here.example CNAME here.example\nhere.example A 192.0.2.9')),
  );
  const exchange = createDnsExchange(systemClock);
  const names = Array.from({ length: 1_000 }, (_, at) => `n${at}.here.example`);
  const results: ExchangeResult[] = [];
  for (let from = 0; from < names.length; from += 200) {
    const some = names.slice(from, from + 200);
    results.push(
      ...(await Promise.all(
        some.map((name) => exchange.ask({ address: '127.0.0.1', port: server.port }, { name, type: 'A' }, PATIENT)),
      )),
    );
  }
  exchange.close();
  await server.close();
  assert.deepEqual(
    results.map((result) => (result.kind === 'answer' ? result.message.answers[0]?.name : result.kind)),
    names,
  );
});

test('an aborted question ends at once', async () => {
  const stop = new AbortController();
  const exchange = createDnsExchange(systemClock);
  const server = await listenDns('127.0.0.1', 0, () => {
    stop.abort();
    return null;
  });
  const result = await exchange.ask(
    { address: '127.0.0.1', port: server.port },
    { name: 'a.example', type: 'A' },
    PATIENT,
    stop.signal,
  );
  exchange.close();
  await server.close();
  assert.equal(result.kind, 'timeout');
});
