import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseDnsServer, serversOfResolvConf, systemServers } from './dns-server-address.ts';

test('a server is an address, with a port if it is not 53', () => {
  const good: readonly (readonly [string, string, number])[] = [
    ['192.0.2.1', '192.0.2.1', 53],
    ['192.0.2.1:5353', '192.0.2.1', 5353],
    ['2001:db8::1', '2001:db8::1', 53],
    ['::1', '::1', 53],
    ['[::1]', '::1', 53],
    ['[::1]:5353', '::1', 5353],
  ];
  for (const [text, address, port] of good) assert.deepEqual(parseDnsServer(text), { address, port }, text);
});

test('what is no address is refused', () => {
  for (const text of [
    '',
    'localhost',
    '192.0.2.256',
    '192.0.2.1:0',
    '192.0.2.1:65536',
    '192.0.2.1:',
    '[192.0.2.1',
    '::1:',
    '[::1]x',
    '[::1]:',
    '1.2.3',
  ])
    assert.equal(parseDnsServer(text), null, text);
});

test('the servers of a resolv.conf are taken in order', () => {
  const text = `# by hand
domain example.com
nameserver 192.0.2.1
  nameserver\t2001:db8::53 # the second
;nameserver 192.0.2.3
nameserver name.example
nameserver fe80::1%eth0
nameserver 192.0.2.4
nameserver 192.0.2.5
options ndots:2`;
  assert.deepEqual(
    serversOfResolvConf(text).map(({ address }) => address),
    ['192.0.2.1', '2001:db8::53', 'fe80::1%eth0'],
  );
});

test('a system without a resolv.conf has no servers', () => {
  assert.deepEqual(systemServers('/nonexistent/resolv.conf'), []);
});
