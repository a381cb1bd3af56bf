import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeClock } from '../../test/harness/fake-clock.ts';
import { type GroupMember, UpstreamGroup } from './upstream-group.ts';
import type { UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

const TOOK: UpstreamResult = {
  kind: 'answered',
  recipients: [{ outcome: 'accepted', code: 250, status: null, text: '' }],
};
const DOWN: UpstreamResult = { kind: 'failed', detail: 'ECONNREFUSED', sent: false, stale: false };

interface Wish {
  readonly answers?: UpstreamResult | ((transaction: UpstreamTransaction) => UpstreamResult);
  readonly weight?: number;
  readonly reserve?: boolean;
  readonly available?: boolean;
  readonly busy?: number;
  readonly words?: readonly string[];
  readonly size?: number;
}

/** A group of servers that answer as they are told, and how many messages each was handed. */
function groupOf(wishes: Readonly<Record<string, Wish>>) {
  const handed: string[] = [];
  const clock = createFakeClock();
  const members = Object.entries(wishes).map(([name, wish]): GroupMember => {
    const { answers = TOOK, weight = 1, reserve = false, available = true, busy = 0 } = wish;
    return {
      weight,
      reserve,
      pool: {
        available,
        busy,
        offer: wish.words === undefined ? null : { size: wish.size ?? null, words: new Set(wish.words) },
        async handOn(transaction) {
          handed.push(name);
          return typeof answers === 'function' ? answers(transaction) : answers;
        },
      },
    };
  });
  return { group: new UpstreamGroup(members, clock), handed, clock };
}

const mail = (more: Partial<UpstreamTransaction> = {}): UpstreamTransaction => ({
  sender: 'FROM:<a@x.test>',
  senderExtras: [],
  recipients: [{ path: 'TO:<b@x.test>', extras: [] }],
  size: 1,
  head: '',
  body: [],
  deadline: 300_000,
  wanted: () => true,
  ...more,
});

test('messages are shared by weight, and a server in reserve gets none while another serves', async () => {
  const { group, handed } = groupOf({ one: {}, three: { weight: 3 }, spare: { reserve: true } });
  for (let sent = 0; sent < 40; sent++) await group.handOn(mail());
  const count = (name: string) => handed.filter((who) => who === name).length;
  assert.deepEqual([count('one'), count('three'), count('spare')], [10, 30, 0]);
});

test('a busy server is spared, and one that is down is not asked', async () => {
  const { group, handed } = groupOf({ slow: { busy: 20 }, idle: {}, down: { available: false } });
  for (let sent = 0; sent < 5; sent++) await group.handOn(mail());
  assert.deepEqual(new Set(handed), new Set(['idle']));
});

test('with only the reserve left, it serves; with none left, the answer is "failed"', async () => {
  const { group, handed } = groupOf({ first: { available: false }, spare: { reserve: true } });
  assert.equal((await group.handOn(mail())).kind, 'answered');
  assert.deepEqual(handed, ['spare']);
  const none = groupOf({ first: { available: false } });
  assert.equal(none.group.available, false);
  assert.equal((await none.group.handOn(mail())).kind, 'failed');
});

const refused = (code: number, more: { turnedAway?: true } = {}): UpstreamResult => ({
  kind: 'answered',
  recipients: [{ outcome: 'refused', code, status: null, text: '' }],
  ...more,
});
const cases: readonly (readonly [what: string, first: UpstreamResult, goesOn: boolean])[] = [
  ['not reached', DOWN, true],
  ['silent before DATA', { ...DOWN, blame: true }, true],
  ['turned away for now at MAIL', refused(452, { turnedAway: true }), true],
  ['without an extension that is needed', { kind: 'lacking', extension: 'SMTPUTF8' }, true],
  ['silent after the final dot', { ...DOWN, sent: true, blame: true }, false],
  ['refused for now after DATA', refused(451), false],
  ['refused for good', refused(550), false],
];
for (const [what, answers, goesOn] of cases) {
  test(`${what}: the next server is ${goesOn ? '' : 'not '}tried`, async () => {
    const { group, handed } = groupOf({ first: { answers }, second: { busy: 5 } });
    const result = await group.handOn(mail());
    assert.deepEqual(handed, goesOn ? ['first', 'second'] : ['first']);
    assert.deepEqual(result, goesOn ? TOOK : answers);
  });
}

test('the next is not tried when nobody waits any more, nor after the deadline', async () => {
  const gone = groupOf({ first: { answers: DOWN }, second: { busy: 5 } });
  await gone.group.handOn(mail({ wanted: () => false }));
  const late = groupOf({ first: { answers: DOWN }, second: { busy: 5 } });
  await late.clock.advance(1_000);
  await late.group.handOn(mail({ deadline: 1_000 }));
  assert.deepEqual([gone.handed, late.handed], [['first'], ['first']]);
});

test('each server has only some seconds until DATA while another could be tried, and the last has all the time', async () => {
  const given: (number | undefined)[] = [];
  const answers = ({ envelopeDeadline }: UpstreamTransaction) => {
    given.push(envelopeDeadline);
    return DOWN;
  };
  await groupOf({ first: { answers }, second: { answers } }).group.handOn(mail());
  assert.deepEqual(given, [30_000, undefined]);
});

test('a message goes where its extensions are, and what is offered is what all have', async () => {
  const { group, handed } = groupOf({
    plain: { words: ['DSN'], size: 1_000 },
    full: { words: ['DSN', 'SMTPUTF8'], size: 2_000, busy: 9 },
  });
  await group.handOn(mail({ senderExtras: [{ extension: 'SMTPUTF8', text: 'SMTPUTF8', needed: true }] }));
  assert.deepEqual(handed, ['full']);
  assert.deepEqual([...(group.offer?.words ?? [])], ['DSN']);
  assert.equal(group.offer?.size, 1_000);
});

test('that a server could not be reached counts more than that another lacks something: later it may take it', async () => {
  const { group } = groupOf({
    lacks: { answers: { kind: 'lacking', extension: 'SMTPUTF8' } },
    gone: { answers: DOWN, busy: 5 },
  });
  assert.equal((await group.handOn(mail())).kind, 'failed');
});

test('a server that was away gets its part again, and no more', async () => {
  const back = { available: false };
  const handed: string[] = [];
  const pool = (name: string, state: { available: boolean }) => ({
    get available() {
      return state.available;
    },
    busy: 0,
    offer: null,
    async handOn() {
      handed.push(name);
      return TOOK;
    },
  });
  const member = (name: string, state: { available: boolean }) => ({
    pool: pool(name, state),
    weight: 1,
    reserve: false,
  });
  const group = new UpstreamGroup([member('stayed', { available: true }), member('back', back)], createFakeClock());
  for (let sent = 0; sent < 50; sent++) await group.handOn(mail());
  back.available = true;
  handed.length = 0;
  for (let sent = 0; sent < 10; sent++) await group.handOn(mail());
  assert.equal(handed.filter((name) => name === 'back').length, 5);
});
