import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { deserialize, serialize } from 'node:v8';
import { readConfig } from './config-read.ts';
import type { EdgeConfig } from './config-schema.ts';

const LEAST = 'upstream: "10.0.0.5:25"\ndomains: [example.com]\n';

test('upstream and domains are enough', () => {
  const config = readConfig(LEAST, 'edge.yaml') as EdgeConfig;
  assert.deepEqual(config.listen, [{ address: '0.0.0.0', port: 25, implicitTls: false, submission: false }]);
  const place = { protocol: 'smtp', tls: 'none', host: '10.0.0.5', port: 25, path: '' };
  assert.deepEqual(config.upstream.get('*')?.[0].place, place);
  assert.deepEqual(config.domains, ['example.com']);
  assert.equal(config.limits.recipients, 200);
});

test('the example is right', () => {
  const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
  assert.ok(!('faults' in readConfig(example, 'x')));
  const all = example.replace(/^# ?(?=[a-z][a-zA-Z]*:| {2})/gm, '');
  assert.deepEqual((readConfig(all, 'x') as { faults?: unknown }).faults, undefined);
});

test('a configuration comes whole to another process', () => {
  const example = readFileSync(new URL('./example.yaml', import.meta.url), 'utf8');
  const all = readConfig(example.replace(/^# ?(?=[a-z][a-zA-Z]*:| {2})/gm, ''), 'x');
  // As workers are sent theirs.
  assert.deepEqual(deserialize(serialize(all)), all);
});

const wrong: readonly (readonly [text: string, expected: RegExp])[] = [
  ['domains: [example.com]\n', /^f:1:1 upstream: is missing/],
  [
    `${LEAST}limits: { recipents: 3 }`,
    /^f:3:11 limits\.recipents: there is no such setting; did you mean recipients\?$/,
  ],
  [`${LEAST}listen: ["25"]`, /^f:3:10 listen\.0: must be an address and a port/],
  [`${LEAST}limits:\n  messageSize: big`, /^f:4:16 limits\.messageSize: must be a size such as/],
  [`${LEAST}limits:\n  commandTimeout: 5`, /^f:4:19 limits\.commandTimeout: .*a time with its unit/],
  [`${LEAST}exempt: [10.0.0.1/8]`, /^f:3:10 exempt\.0: must be 10\.0\.0\.0\/8 or 10\.0\.0\.1 alone/],
  [`${LEAST}rules: { a/b: { action: burn } }`, /^f:3:25 rules\.a\/b\.action: /],
  ['upstream: "10.0.0.5"\ndomains: [x.y]', /^f:1:11 upstream: must be a server and its port/],
  ['upstream: [', /^f:1:\d+ /],
  [`${LEAST}domains: [a.b]`, /^f:3:1 domains: stands here a second time/],
  [
    `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c]`,
    /^f:1:1 .*alias/i,
  ],
  ['- a\n- b', /^f:1:1 /],
];
for (const [text, expected] of wrong) {
  test(`${JSON.stringify(text.slice(-40))} is told by place and remedy`, () => {
    const read = readConfig(text, 'f');
    assert.ok('faults' in read);
    assert.match(read.faults[0], expected);
    for (const fault of read.faults) assert.doesNotMatch(fault, /\n|undefined|\[object/);
  });
}
