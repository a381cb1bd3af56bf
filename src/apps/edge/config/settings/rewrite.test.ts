import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mapMailbox } from '../../../../edge/envelope/address-map.ts';
import { showMailbox } from '../../../../wire/smtp/path.ts';
import { rewriteOptions } from '../address-maps.ts';
import { readConfig } from '../config-read.ts';
import type { EdgeConfig } from '../config-schema.ts';

const LEAST = 'upstream: "10.0.0.5:25"\ndomains: [example.com, example.org]\ninside: [10.0.0.5]\n';

function rewriteOf(text: string) {
  const config = readConfig(`${LEAST}rewrite:\n  ${text}\n`, 'f') as EdgeConfig;
  assert.ok(!('faults' in config), JSON.stringify(config));
  const options = rewriteOptions(config);
  const become = (map: typeof options.outbound, address: string) => {
    const [local = '', domain = ''] = address.split('@');
    return showMailbox(mapMailbox(map, { local, domain }));
  };
  return {
    options,
    out: (address: string) => become(options.outbound, address),
    in: (address: string) => become(options.inbound, address),
  };
}

test('nothing is changed unless it is said', () => {
  const { out, in: into } = rewriteOf('signed: leave');
  assert.deepEqual([out('a@corp.local'), into('a@example.com')], ['a@corp.local', 'a@example.com']);
});

test('addresses, domains and all names below one, in any case and script', () => {
  const { out } = rewriteOf(
    'outbound: { Corp.Local: example.com, "*.corp.local": example.org, BOB@corp.local: robert@example.com, bücher.local: Example.ORG. }',
  );
  assert.deepEqual(['a@corp.local', 'a@x.corp.local', 'bob@corp.local', 'a@xn--bcher-kva.local'].map(out), [
    'a@example.com',
    'a@example.org',
    'robert@example.com',
    'a@example.org',
  ]);
});

test('the way back of a map that has one', () => {
  const { in: into } = rewriteOf(
    'outbound: { corp.local: example.com, bob@corp.local: robert@example.com, robert@corp.local: bob@example.com, eve@other.local: eve@example.org }\n  inbound: inverse',
  );
  assert.deepEqual(
    ['anna@example.com', 'robert@example.com', 'bob@example.com', 'eve@example.org', 'x@example.org'].map(into),
    ['anna@corp.local', 'bob@corp.local', 'robert@corp.local', 'eve@other.local', 'x@example.org'],
  );
});

const wrong: readonly (readonly [text: string, expected: RegExp])[] = [
  [
    'outbound: { corp.local: exmaple.com }',
    /^f:5:27 rewrite\.outbound\.corp\.local: must be in one of your domains, or answers go elsewhere; is exmaple\.com missing in domains\?$/,
  ],
  ['outbound: { corp.local: a@example.com }', /^f:5:27 .*must be a domain, as corp\.local is one$/],
  ['outbound: { a@corp.local: example.com }', /^f:5:29 .*must be an address/],
  ['outbound: { a@corp.local: ö@example.com }', /must be an address of ASCII characters/],
  ['outbound: { "a..b@corp.local": a@example.com }', /must be named by an address/],
  ['outbound: { "*.": example.com }', /must be named by/],
  [
    'outbound: { corp.local: example.com, CORP.local: example.org }',
    /^f:5:52 .*must be said once: corp\.local is the same$/,
  ],
  [
    'outbound: { "\\"a\\"@corp.local": b@example.com, A@corp.local: c@example.com }',
    /must be said once: "a"@corp\.local is the same$/,
  ],
  ['outbound: { example.com: example.com }', /must be another one than itself/],
  [
    'outbound: { corp.local: example.com, example.com: corp.local }',
    /^f:5:27 .*no circle: corp\.local becomes example\.com, which becomes corp\.local, which becomes example\.com/,
  ],
  [
    'outbound: { corp.local: example.org, example.org: example.com }',
    /^f:5:27 .*must be the last one of its way: example\.org becomes example\.com$/,
  ],
  [
    'outbound: { a@corp.local: b@example.org, example.org: example.com }',
    /the last one of its way: b@example\.org becomes b@example\.com$/,
  ],
  [
    'inbound: { exmaple.com: corp.local }',
    /^f:5:27 rewrite\.inbound\.exmaple\.com: must be for a domain that mail is taken for; is exmaple\.com missing/,
  ],
  ['inbound: { "*.example.net": corp.local }', /is one below example\.net missing in domains\?$/],
  [
    'inbound: { example.com: a@corp.local }',
    /^f:5:27 rewrite\.inbound\.example\.com: must be a domain, as example\.com is one$/,
  ],
  ['inbound: { example.com: 3 }', /^f:5:27 rewrite\.inbound\.example\.com: /],
  ['inbound: inverse', /^f:5:12 rewrite\.inbound: must be given with outbound, whose way back it is$/],
  [
    'inbound: backwards',
    /^f:5:12 rewrite\.inbound: must be a mapping of addresses and domains|rewrite\.inbound: a mapping/,
  ],
  [
    'outbound: { corp.local: example.com, corp2.local: example.com }\n  inbound: inverse',
    /^f:6:12 rewrite\.inbound: must be given in full, .*: corp\.local and corp2\.local both become example\.com on the way out$/,
  ],
  [
    'outbound: { "*.corp.local": example.com }\n  inbound: inverse',
    /^f:6:12 .*must be given in full, as nothing says which name below corp\.local/,
  ],
  [
    'outbound: { corp.local: example.com, bob@corp.local: robert@example.com }\n  inbound: inverse',
    /bob@corp\.local and robert@corp\.local both become robert@example\.com on the way out$/,
  ],
  [
    'outbound: { bob@example.com: robert@example.com, corp.local: example.com, robert@corp.local: eve@example.com, eve@corp.local: z@example.org }\n  inbound: inverse',
    /must be given in full: the way back of bob@example\.com must be the last one of its way/,
  ],
];
for (const [text, expected] of wrong)
  test(`${JSON.stringify(text.slice(0, 90))} is told by place and remedy`, () => {
    const read = readConfig(`${LEAST}rewrite:\n  ${text}\n`, 'f');
    assert.ok('faults' in read, 'it was taken');
    assert.match(read.faults[0], expected);
  });

test('a way out that nothing takes is told', () => {
  const read = readConfig(
    `upstream: "10.0.0.5:25"\ndomains: [example.com]\nrewrite: { outbound: { corp.local: example.com } }\n`,
    'f',
  );
  assert.ok('faults' in read);
  assert.match(read.faults[0], /^f:3:22 rewrite\.outbound: must be given with inside/);
});

const routed = (routes: string) =>
  readConfig(
    `upstream: { ${routes} }\ndomains: [example.com, example.org]\nrewrite: { inbound: { example.com: corp.local, a@example.org: a@lab.local } }\n`,
    'f',
  );

test('routes go by the form that goes inside', () => {
  const read = routed('corp.local: "10.0.0.5:25", lab.local: "10.0.0.6:25", example.org: "10.0.0.7:25"');
  assert.ok(!('faults' in read), JSON.stringify(read));
  const faults = (routes: string) => (routed(routes) as { faults: readonly string[] }).faults;
  assert.deepEqual(faults('example.com: "10.0.0.5:25", example.org: "10.0.0.7:25"'), [
    'f:1:11 upstream: must be given for corp.local too, or for "*"',
    'f:1:11 upstream: must be given for lab.local too, or for "*"',
    'f:1:26 upstream.example.com: must be named corp.local, which rewrite.inbound makes of example.com',
  ]);
});
