/** Guessing is bounded per place and per account, and never at the owner's cost. Time is the test's. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FilterBench, filterBench, hello, peer } from '../../../test/harness/edge-filter.ts';
import type { Peer, Stages } from '../stage.ts';
import { authGuard } from './auth-guard.ts';

interface Try {
  readonly from?: string;
  readonly exempt?: boolean;
  readonly account?: string;
  readonly right?: boolean;
  readonly weakness?: Stages['auth']['attempt']['weakness'];
  readonly mark?: number;
}

let marks = 0;

/** What becomes of a try: the rule that kept it from the upstream, else the upstream's answer. */
async function attempt(bench: FilterBench, wish: Try = {}): Promise<string> {
  const who: Peer = peer(wish.from ?? '192.0.2.9', { exempt: wish.exempt ?? false });
  marks = (marks + 1) % 4_096;
  const seen: Stages['auth'] = {
    peer: who,
    hello: hello('client.example'),
    attempt: {
      account: wish.account ?? 'anna@here.example',
      mechanism: 'PLAIN',
      weakness: wish.weakness ?? null,
      mark: wish.mark ?? marks,
    },
  };
  const filter = bench.open();
  const before = await filter.auth?.(seen);
  if (before !== undefined) return before.rule.id;
  const after = await filter.authenticated?.({ ...seen, outcome: wish.right === true ? 'accepted' : 'refused' });
  return after?.rule.id ?? (wish.right === true ? 'in' : 'out');
}

async function triesUntilStopped(bench: FilterBench, wish: (number: number) => Try, most = 500) {
  for (let number = 0; number < most; number++) {
    const told = await attempt(bench, wish(number));
    if (told !== 'auth/wrong-password') return { number, told };
  }
  return { number: most, told: 'never' };
}

test('an address guesses nine times at one account, then no right password helps it', async () => {
  const bench = filterBench(authGuard);
  assert.deepEqual(await triesUntilStopped(bench, () => ({})), { number: 9, told: 'auth/guesses-of-address' });
  assert.equal(await attempt(bench, { right: true }), 'auth/guesses-of-address');
  assert.equal(await attempt(bench, { from: '198.51.100.7', right: true }), 'in');
});

test('who tries one listed password on account after account is stopped after four', async () => {
  const bench = filterBench(authGuard);
  const stopped = await triesUntilStopped(bench, (number) => ({ account: `user${number}`, weakness: 'common' }));
  assert.deepEqual(stopped, { number: 4, told: 'auth/guesses-of-address' });
});

test('slow guessing is stopped too: of one an hour for a month, every second is looked at', async () => {
  const bench = filterBench(authGuard);
  let looked = 0;
  for (let hour = 0; hour < 30 * 24; hour++) {
    if ((await attempt(bench)) === 'auth/wrong-password') looked++;
    await bench.clock.advance(3_600_000);
  }
  assert.ok(looked > 300 && looked < 30 * 12 + 20, `${looked} guesses in a month`);
});

test('the addresses of one network share a bound', async () => {
  const bench = filterBench(authGuard);
  const stopped = await triesUntilStopped(bench, (number) => ({
    from: `192.0.2.${number + 1}`,
    account: `user${number}`,
  }));
  assert.deepEqual(stopped, { number: 20, told: 'auth/guesses-of-network' });
});

test('a crowd that guesses at one account is stopped, and its owner goes on from where he was before', async () => {
  const bench = filterBench(authGuard);
  assert.equal(await attempt(bench, { from: '198.51.100.7', right: true }), 'in');
  const stopped = await triesUntilStopped(bench, (number) => ({ from: `10.${number}.0.1` }));
  assert.deepEqual(stopped, { number: 20, told: 'auth/guesses-of-account' });
  assert.equal(await attempt(bench, { from: '198.51.100.7', right: true }), 'in');
  assert.equal(await attempt(bench, { from: '198.51.100.200', right: true }), 'in');
  assert.equal(await attempt(bench, { from: '203.0.113.5', right: true }), 'auth/guesses-of-account');
  await bench.clock.advance(2 * 3_600_000);
  assert.equal(await attempt(bench, { from: '203.0.113.5', right: true }), 'in');
});

test('with and without its domain an account is one', async () => {
  const bench = filterBench(authGuard);
  const stopped = await triesUntilStopped(bench, (number) => ({
    from: `10.${number}.0.1`,
    account: number % 2 === 0 ? 'anna' : 'Anna@here.example',
  }));
  assert.equal(stopped.number, 20);
});

test('a program that keeps an old password shuts nobody out', async () => {
  const bench = filterBench(authGuard);
  for (let times = 0; times < 100; times++) assert.equal(await attempt(bench, { mark: 7 }), 'auth/wrong-password');
  assert.equal(await attempt(bench, { right: true }), 'in');
});

test('a right password of his own does not give an attacker new guesses', async () => {
  const bench = filterBench(authGuard);
  const stopped = await triesUntilStopped(bench, (number) => (number === 4 ? {} : { account: 'victim@here.example' }));
  await attempt(bench, { account: 'mine', right: true });
  assert.equal((await triesUntilStopped(bench, () => ({ account: 'victim@here.example' }))).number, 0);
  assert.ok(stopped.number <= 9);
});

test('a weak password that is right is noticed', async () => {
  const bench = filterBench(authGuard);
  assert.equal(await attempt(bench, { right: true, weakness: 'pattern' }), 'auth/weak-password');
});

test('an exempt peer has no bound of its own: a web mail program logs in for all', async () => {
  const bench = filterBench(authGuard);
  const stopped = await triesUntilStopped(
    bench,
    (number) => ({ from: '10.0.0.2', exempt: true, account: `user${number}` }),
    100,
  );
  assert.equal(stopped.told, 'never');
});

test('an upstream that is down makes nobody an attacker', async () => {
  const bench = filterBench(authGuard);
  for (let times = 0; times < 50; times++) {
    const filter = bench.open();
    const seen: Stages['auth'] = {
      peer: peer(),
      hello: hello('client.example'),
      attempt: { account: 'anna', mechanism: 'LOGIN', weakness: null, mark: times },
    };
    assert.equal(await filter.auth?.(seen), undefined);
    assert.equal(await filter.authenticated?.({ ...seen, outcome: 'unknown' }), undefined);
  }
});
