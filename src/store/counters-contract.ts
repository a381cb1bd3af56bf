import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Counters } from './counters.ts';

const BUCKET = { capacity: 10, perSecond: 1 };
const START = Date.parse('2026-11-25T00:00:00Z');

/** The suite that every engine of `Counters` passes. `open` gives empty ones. */
export function testCounters(engine: string, open: () => Counters): void {
  const kept = (name: string, body: (counters: Counters) => void) =>
    test(`${engine}: ${name}`, () => {
      const counters = open();
      try {
        body(counters);
      } finally {
        counters.close();
      }
    });

  kept('a bucket holds its capacity and no drop more', (counters) => {
    for (let drop = 1; drop <= 10; drop++)
      assert.deepEqual(counters.pour('a', 1, BUCKET, START), { level: drop, full: false });
    assert.deepEqual(counters.pour('a', 1, BUCKET, START), { level: 11, full: true });
    assert.equal(counters.pour('b', 1, BUCKET, START).full, false);
  });

  kept('it leaks with time, and drops that overflowed are not in it', (counters) => {
    for (let drop = 0; drop < 30; drop++) counters.pour('a', 1, BUCKET, START);
    assert.equal(counters.pour('a', 1, BUCKET, START + 999).full, true);
    assert.equal(counters.pour('a', 1, BUCKET, START + 1_000).full, false);
    assert.equal(counters.pour('a', 5, BUCKET, START + 1_000 + 100_000).level, 5);
  });

  kept('looking at a bucket pours nothing', (counters) => {
    assert.equal(counters.level('a', BUCKET, START), 0);
    counters.pour('a', 4, BUCKET, START);
    assert.equal(counters.level('a', BUCKET, START + 1_000), 3);
    assert.equal(counters.level('a', BUCKET, START + 1_000), 3);
  });

  kept('half of a tally is forgotten in its time, whenever it is added to or exchanged', (counters) => {
    const day = 86_400_000;
    assert.equal(counters.tally('a', 0, day, START), 0);
    assert.equal(counters.tally('a', 8, day, START), 8);
    counters.exchange(START);
    assert.equal(counters.tally('a', 4, day, START + day), 8);
    counters.exchange(START + day);
    counters.exchange(START + day + 5_000);
    assert.equal(counters.tally('a', 0, day, START + 2 * day), 4);
    assert.equal(counters.tally('a', 0, day, START + 3 * day), 2);
    assert.equal(counters.tally('b', 0, day, START), 0);
  });

  kept('a clock that runs back fills no bucket', (counters) => {
    counters.pour('a', 3, BUCKET, START);
    assert.equal(counters.pour('a', 1, BUCKET, START - 60_000).level, 4);
    assert.equal(counters.pour('a', 1, BUCKET, START + 2_000).level, 3);
  });

  kept('an exchange changes nothing that can be seen', (counters) => {
    for (let drop = 1; drop <= 8; drop++) {
      assert.equal(counters.pour('a', 1, BUCKET, START).level, drop);
      counters.exchange(START);
    }
    counters.set('k', 'v', START + 1_000);
    counters.exchange(START);
    assert.equal(counters.get('k', START + 999), 'v');
  });

  kept('a value is kept until its time, and may be replaced', (counters) => {
    assert.equal(counters.get('k', START), undefined);
    counters.set('k', 'one', START + 1_000);
    assert.equal(counters.get('k', START), 'one');
    counters.set('k', 'two', START + 2_000);
    assert.equal(counters.get('k', START + 1_500), 'two');
    assert.equal(counters.get('k', START + 2_000), undefined);
  });
}
