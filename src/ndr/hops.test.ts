import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readReceived } from '../wire/dsn/received.ts';
import { hopsOf } from './hops.ts';

/** Hops of Received values as they stand in a header, the newest first. */
const hops = (...newestFirst: readonly string[]) => hopsOf(newestFirst.map(readReceived), () => undefined);
const line = (from: string, by: string, time: string) =>
  `from ${from} by ${by} with ESMTPS id 4ABC; Wed, 25 Nov 2026 ${time} +0000`;

test('the first hop comes first, each with the time it took', () => {
  const [first, second] = hops(
    line('mx.a.example (mx.a.example [192.0.2.1])', 'mx.b.example', '12:01:30'),
    line('laptop.a.example ([192.0.2.9])', 'mx.a.example', '12:01:00'),
  );
  assert.deepEqual([first?.by, first?.delay], ['mx.a.example', null]);
  assert.deepEqual([second?.by, second?.delay, second?.with], ['mx.b.example', 30, 'ESMTPS']);
  assert.deepEqual([first?.doubts, second?.doubts], [[], []]);
});

for (const [what, newest, oldest, doubt] of [
  [
    'a clock behind',
    line('mx.a.example ([192.0.2.1])', 'mx.b.example', '11:00:00'),
    line('pc.a.example ([192.0.2.9])', 'mx.a.example', '12:00:00'),
    /dated 60 min before.*clock is wrong or the line is forged/,
  ],
  [
    'a hop that does not join',
    line('other.c.example ([192.0.2.3])', 'mx.b.example', '12:01:00'),
    line('pc.a.example ([192.0.2.9])', 'mx.a.example', '12:00:00'),
    /does not join the hop before it: that was received by mx\.a\.example, this comes from other\.c\.example/,
  ],
  [
    'a peer under its receiver’s name',
    line('mx.b.example ([203.0.113.5])', 'mx.b.example', '12:01:00'),
    line('pc.b.example ([192.0.2.9])', 'mx.b.example', '12:00:00'),
    /calls itself by the name of the host that received it/,
  ],
  [
    'an address of numbers that are too great',
    line('[300.1.1.1] (unknown [300.1.1.1])', 'mx.b.example', '12:01:00'),
    line('pc.a.example ([192.0.2.9])', 'mx.a.example', '12:00:00'),
    /300\.1\.1\.1 is no address that a host can have/,
  ],
  [
    'no date',
    'from mx.a.example ([192.0.2.1]) by mx.b.example with SMTP id 1; soon',
    line('pc.a.example ([192.0.2.9])', 'mx.a.example', '12:00:00'),
    /no date that can be read/,
  ],
] as const)
  test(`${what} is marked, with the reason`, () => {
    const last = hops(newest, oldest).at(-1);
    assert.ok(
      last?.doubts.some((said) => doubt.test(said)),
      last?.doubts.join(' | '),
    );
  });

test('small differences of clocks are no doubt', () => {
  const last = hops(
    line('mx.a.example ([192.0.2.1])', 'mx.b.example', '11:58:00'),
    line('pc.a.example ([192.0.2.9])', 'mx.a.example', '12:00:00'),
  ).at(-1);
  assert.deepEqual([last?.delay, last?.doubts], [-120, []]);
});
