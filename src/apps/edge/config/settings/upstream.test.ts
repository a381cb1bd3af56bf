import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from '../config-read.ts';
import type { EdgeConfig } from '../config-schema.ts';

const upstreamOf = (yaml: string) => {
  const read = readConfig(`domains: [x.test]\nupstream: ${yaml}\n`, 'f');
  if ('faults' in read) throw new Error(read.faults.join('\n'));
  return (read satisfies EdgeConfig).upstream;
};

test('one server, a list, and lists by domain are read; the last are found by their domain alone', () => {
  assert.equal(upstreamOf('"10.0.0.5:25"').get('*')?.length, 1);
  const [first, second] = upstreamOf('["10.0.0.5:25", { to: "10.0.0.6:25", weight: 3, reserve: true }]').get('*') ?? [];
  assert.deepEqual([first?.weight, second?.weight, second?.reserve], [1, 3, true]);
  const routes = upstreamOf('{ X.test: "lmtp:///run/lmtp", "*": ["10.0.0.5:25"] }');
  assert.deepEqual([...routes.keys()], ['x.test', '*']);
  assert.equal(routes.get('x.test')?.[0].place.path, '/run/lmtp');
});

test('a pin is taken with colons or without, and TLS if offered trusts anybody', () => {
  const colons = Array.from({ length: 32 }, () => 'AB').join(':');
  const [pinned] = upstreamOf(`{ to: "smtp+tls://a.test:25", pin: "sha256:${colons}" }`).get('*') ?? [];
  assert.deepEqual(pinned?.pins, ['ab'.repeat(32)]);
  const [loose] = upstreamOf('"smtp+tls-if-offered://a.test:25"').get('*') ?? [];
  assert.deepEqual([loose?.place.tls, loose?.trust], ['if-offered', 'anybody']);
  const [same] = upstreamOf('{ to: "smtp+tls-if-offered://a.test:25", weight: 2 }').get('*') ?? [];
  assert.equal(same?.trust, 'anybody', 'written out, it means the same');
});

const wrong: readonly (readonly [yaml: string, expected: RegExp])[] = [
  ['["10.0.0.5:25", "b"]', /^f:2:27 upstream\.1: must be a server and its port/],
  ['{ x.test: ["a:25", { to: "b:25", weigt: 3 }] }', /^f:2:44 upstream\.x\.test\.1\.weigt: there is no such setting/],
  ['{ other.test: "a:25" }', /^f:2:11 upstream: must be given for x\.test too/],
  ['{ to: "10.0.0.5:25", trust: dane }', /upstream: must be a server with TLS/],
  ['{ to: "lmtp://10.0.0.5:24", xclient: true }', /upstream: must be an SMTP server where xclient is set/],
  ['{ to: "smtp+tls://a.test:25", trust: mta-sts }', /upstream: must be given with policyOf/],
  ['{ to: "smtp+tls://a.test:25", trust: mta-sts, policyOf: "a/b" }', /upstream\.policyOf: must be a domain name/],
  ['{ to: "smtp+tls://10.0.0.5:25", trust: dane }', /upstream: must be a server by its name/],
  ['{ to: "smtp+tls://a.test:25", pin: abc }', /upstream\.pin\.0: must be the SHA-256/],
  ['[]', /^f:2:11 upstream: must be at least one server/],
];
for (const [yaml, expected] of wrong) {
  test(`${yaml} is told by place and remedy`, () => {
    assert.throws(
      () => upstreamOf(yaml),
      (fault: Error) => expected.test(fault.message),
    );
  });
}
