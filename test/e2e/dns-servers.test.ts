/** Our resolver gets from real DNS servers what their own packages' tool gets. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../src/net/clock.ts';
import { createResolver } from '../../src/net/dns-resolver.ts';
import { type RunningServer, withServer } from '../harness/server.ts';
import { knot } from '../harness/servers/knot.ts';
import { nsd } from '../harness/servers/nsd.ts';
import { unbound } from '../harness/servers/unbound.ts';

const LONG = Array.from({ length: 12 }, (_, index) => `"${String(index).padEnd(250, 'x')}"`).join(' ');
const ZONE = {
  name: 'example.test',
  text: `$ORIGIN example.test.
$TTL 300
@ SOA ns hostmaster 1 3600 600 86400 300
@ NS ns
ns A 127.0.0.1
@ MX 10 mx1
@ MX 20 mx2
@ TXT "v=spf1 mx -all"
mx1 A 192.0.2.1
mx1 AAAA 2001:db8::1
mx2 CNAME mx1
long TXT ${LONG}
_25._tcp.mx1 TLSA 3 1 1 0000000000000000000000000000000000000000000000000000000000000000
`,
};

const resolverOf = ({ address, port }: RunningServer) =>
  createResolver({ servers: [{ address, port }], clock: systemClock });

/** What the tool of the Knot packages prints for a question: one record's data a line. */
async function kdig(
  beside: RunningServer,
  { address, port }: RunningServer,
  name: string,
  type: string,
): Promise<readonly string[]> {
  const printed = await beside.exec('kdig', [`@${address}`, '-p', String(port), name, type, '+short', '+tcp']);
  return printed.split('\n').filter(Boolean).sort();
}

test('our resolver reads what kdig reads', (t) =>
  withServer(t, knot([ZONE]), {}, async (running) => {
    const resolver = resolverOf(running);
    try {
      const mx = await resolver.query('example.test', 'MX');
      assert.ok(mx.status === 'found');
      const ours = mx.records.map((record) =>
        record.type === 'MX' ? `${record.preference} ${record.exchange}.` : 'not MX',
      );
      assert.deepEqual(ours.sort(), await kdig(running, running, 'example.test', 'MX'));
      const long = await resolver.query('long.example.test', 'TXT');
      assert.ok(long.status === 'found');
      const [record] = long.records;
      assert.ok(record?.type === 'TXT');
      const [told] = await kdig(running, running, 'long.example.test', 'TXT');
      assert.equal(record.text, told?.replaceAll('" "', '').replaceAll('"', ''), 'too long for UDP, so whole by TCP');
    } finally {
      resolver.close();
    }
  }));

for (const server of [knot([ZONE]), nsd([ZONE])]) {
  test(`our resolver tells what is there, what is nothing and what has no name from ${server.product}`, (t) =>
    withServer(t, server, {}, async (running) => {
      const resolver = resolverOf(running);
      try {
        const status = async (name: string, type: 'AAAA' | 'MX') => (await resolver.query(name, type)).status;
        assert.equal(await status('mx1.example.test', 'AAAA'), 'found');
        assert.equal(await status('mx1.example.test', 'MX'), 'nothing');
        assert.equal(await status('nobody.example.test', 'AAAA'), 'no-such-name');
        const alias = await resolver.query('mx2.example.test', 'AAAA');
        assert.ok(alias.status === 'found');
        assert.equal(alias.records.length, 1);
      } finally {
        resolver.close();
      }
    }));
}

test('behind a validating resolver, signed answers are authentic, and so is the word that there is none', (t) =>
  withServer(t, knot([ZONE], { signed: true }), {}, async (authority) => {
    const anchors = await authority.exec('keymgr', ['-c', `${authority.folder}/knot.conf`, 'example.test', 'ds']);
    const stub = { name: 'example.test', address: authority.address, port: authority.port };
    for (const [wanted, resolverServer] of [
      [true, unbound({ stubs: [stub], anchors })],
      [false, unbound({ stubs: [stub] })],
    ] as const) {
      await withServer(t, resolverServer, {}, async (running) => {
        const resolver = resolverOf(running);
        try {
          const tlsa = await resolver.query('_25._tcp.mx1.example.test', 'TLSA');
          assert.ok(tlsa.status === 'found');
          assert.equal(tlsa.authenticated, wanted);
          const none = await resolver.query('_25._tcp.mx2.example.test', 'TLSA');
          assert.ok(none.status === 'no-such-name');
          assert.equal(none.authenticated, wanted);
        } finally {
          resolver.close();
        }
      });
    }
  }));
