import assert from 'node:assert/strict';
import { test } from 'node:test';
import { declaredZone } from '../../test/harness/declared-zone.ts';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import type { HttpOutcome } from './http.ts';
import { type KeptPolicy, mtaStsKeeper } from './mta-sts-keeper.ts';

const policy = (mode: string, mx: string) => `version: STSv1\nmode: ${mode}\nmx: ${mx}\nmax_age: 3600\n`;

/** A keeper over a web that shows `text`, or nothing, and a memory that a restart leaves. */
function keeperOf(start: string | null, id = '1') {
  const web = { text: start, asked: [] as string[], limits: [] as unknown[], contentType: 'text/plain; charset=utf-8' };
  const failed: string[] = [];
  const memory = new Map<string, KeptPolicy>();
  const clock = createFakeClock();
  const make = (record: string) =>
    mtaStsKeeper({
      resolver: declaredZone(`_mta-sts.x.test TXT v=STSv1; id=${record}`),
      clock,
      load: (domain) => memory.get(domain) ?? null,
      save: (domain, kept) => void memory.set(domain, kept),
      failed: (_domain, why) => failed.push(why),
      async fetch(url, wish): Promise<HttpOutcome> {
        web.asked.push(url);
        web.limits.push(wish?.limits);
        if (web.text === null) return { kind: 'failed', why: 'no answer', fault: { at: 'reach', reason: 'timeout' } };
        const body = Buffer.from(web.text);
        const { contentType } = web;
        return { kind: 'found', url, status: 200, contentType, body, etag: null, lastModified: null };
      },
    });
  return { web, clock, failed, judge: make(id), later: make };
}

test('a server that the policy names may be used, and no other', async () => {
  const { web, judge } = keeperOf(policy('enforce', '*.mail.x.test'));
  assert.equal(await judge('x.test', 'mx1.mail.x.test'), null);
  assert.match((await judge('x.test', 'mx1.other.test')) ?? '', /does not name mx1\.other\.test/);
  assert.deepEqual(web.asked, ['https://mta-sts.x.test/.well-known/mta-sts.txt'], 'kept while the record is the same');
});

const none: readonly (readonly [what: string, text: string | null, expected: RegExp])[] = [
  ['none that can be fetched', null, /no MTA-STS policy of x\.test: no answer/],
  ['one that is only tried out', policy('testing', 'mx.x.test'), /not in force \(mode testing\)/],
  ['one that cannot be read', 'version: STSv1\nmode: enforce\n', /the MTA-STS policy has no max_age/],
];
for (const [what, text, expected] of none) {
  test(`${what} lets nothing through`, async () => {
    assert.match((await keeperOf(text).judge('x.test', 'mx.x.test')) ?? '', expected);
  });
}

test('what is not plain text is no policy', async () => {
  const { web, judge } = keeperOf(policy('enforce', 'mx.x.test'));
  web.contentType = 'text/html';
  assert.match((await judge('x.test', 'mx.x.test')) ?? '', /not text\/plain/);
});

test('a new id brings the new policy; while that cannot be had the old one counts, until its time is over', async () => {
  const { web, clock, judge, later } = keeperOf(policy('enforce', 'old.x.test'));
  assert.equal(await judge('x.test', 'old.x.test'), null);
  web.text = null;
  assert.equal(await later('2')('x.test', 'old.x.test'), null, 'whoever blocks the fetch is not rid of the policy');
  web.text = policy('enforce', 'new.x.test');
  assert.equal(await later('2')('x.test', 'new.x.test'), null);
  web.text = null;
  await clock.advance(3_601_000);
  assert.match((await later('2')('x.test', 'new.x.test')) ?? '', /no answer/);
});

test('a host that gives no policy is let alone for five minutes, unless the record announces another', async () => {
  const { web, clock, failed, judge, later } = keeperOf(null);
  const told = await Promise.all([1, 2, 3].map(() => judge('x.test', 'mx.x.test')));
  assert.equal(web.asked.length, 1, 'asked once by all who wait');
  await clock.advance(299_000);
  web.text = policy('enforce', 'mx.x.test');
  assert.equal(await judge('x.test', 'mx.x.test'), told[0]);
  assert.equal(await later('2')('x.test', 'mx.x.test'), null);
  assert.deepEqual([web.asked.length, failed.length], [2, 1]);
});

test('a new policy that cannot be had is not waited for by each message', async () => {
  const { web, failed, judge, later } = keeperOf(policy('enforce', 'mx.x.test'));
  assert.equal(await judge('x.test', 'mx.x.test'), null);
  web.text = null;
  const changed = later('2');
  for (let time = 0; time < 3; time++) assert.equal(await changed('x.test', 'mx.x.test'), null);
  assert.deepEqual([web.asked.length, failed.length], [2, 1]);
});

test('a fetch costs a minute and 64 KB at the most, follows nothing, and takes ten seconds where a policy is there that still counts', async () => {
  const { web, judge, later } = keeperOf(policy('enforce', 'mx.x.test'));
  await judge('x.test', 'mx.x.test');
  await later('2')('x.test', 'mx.x.test');
  assert.deepEqual(web.limits, [
    { bytes: 65_536, timeout: 60_000, redirects: 0 },
    { bytes: 65_536, timeout: 10_000, redirects: 0 },
  ]);
});

test('a policy is fetched again before its time is over, and nobody waits for that', async () => {
  const { web, clock, judge } = keeperOf(policy('enforce', 'mx.x.test'));
  for (let hour = 0; hour < 12; hour++) {
    assert.equal(await judge('x.test', 'mx.x.test'), null);
    await clock.advance(1_801_000);
  }
  // The record never changed, and yet the policy of an hour still holds after six.
  assert.equal(web.asked.length, 12);
});
