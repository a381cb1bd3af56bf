import type { Clock } from '../../src/net/clock.ts';

/** A clock that stands still until it is moved. */
export interface FakeClock extends Clock {
  /** Moves time on and wakes every sleeper that is due, in order. */
  advance(ms: number): Promise<void>;
  /** Sleepers that wait, for tests that must know that something has begun to wait. */
  readonly sleepers: number;
}

export function createFakeClock(start = Date.parse('2026-11-24T00:00:00Z')): FakeClock {
  let passed = 0;
  const sleepers = new Set<{ readonly due: number; readonly wake: () => void }>();
  return {
    now: () => start + passed,
    monotonic: () => passed,
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper = { due: passed + ms, wake: () => resolve() };
        sleepers.add(sleeper);
        signal?.addEventListener(
          'abort',
          () => {
            sleepers.delete(sleeper);
            reject(signal.reason);
          },
          { once: true },
        );
      });
    },
    async advance(ms) {
      const end = passed + ms;
      for (;;) {
        const due = [...sleepers].filter((sleeper) => sleeper.due <= end).sort((a, b) => a.due - b.due)[0];
        if (due === undefined) break;
        passed = Math.max(passed, due.due);
        sleepers.delete(due);
        due.wake();
        await new Promise((resolve) => setImmediate(resolve));
      }
      passed = end;
      await new Promise((resolve) => setImmediate(resolve));
    },
    get sleepers() {
      return sleepers.size;
    },
  };
}
