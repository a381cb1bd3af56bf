import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { inOrder } from './in-order.ts';

async function* each<T>(items: readonly T[], onTake: () => void = () => undefined): AsyncGenerator<T> {
  for (const item of items) {
    onTake();
    yield item;
  }
}

async function all<T>(results: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = [];
  for await (const result of results) found.push(result);
  return found;
}

test('results come in the order of the items, whatever each takes', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.nat(3)), fc.integer({ min: 1, max: 5 }), async (turns, width) => {
      const work = async (wait: number) => {
        for (let turn = 0; turn < wait; turn++) await new Promise(setImmediate);
        return wait;
      };
      assert.deepEqual(await all(inOrder(each(turns), width, work)), turns);
    }),
    { numRuns: 50 },
  ));

test('no more than the width is under way, and no item is taken before there is room', async () => {
  let [taken, running, most] = [0, 0, 0];
  const work = async (item: number) => {
    most = Math.max(most, ++running);
    await new Promise(setImmediate);
    running--;
    return item;
  };
  let ahead = 0;
  let got = 0;
  for await (const _ of inOrder(
    each(
      Array.from({ length: 50 }, (_, at) => at),
      () => taken++,
    ),
    4,
    work,
  )) {
    ahead = Math.max(ahead, taken - got++);
  }
  assert.equal(most, 4);
  assert.ok(ahead <= 5, `${ahead} were taken and not yet given back`);
});

test('a failure comes in its turn, and is no unhandled rejection before', async () => {
  const work = (item: number) => (item === 1 ? Promise.reject(new Error('one')) : Promise.resolve(item));
  const got: number[] = [];
  await assert.rejects(async () => {
    for await (const result of inOrder(each([0, 1, 2]), 3, work)) {
      await new Promise(setImmediate);
      got.push(result);
    }
  }, /one/);
  assert.deepEqual(got, [0]);
});
