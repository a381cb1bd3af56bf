import type { Upstream } from '../../edge/upstream/upstream.ts';
import type { Clock } from '../../net/clock.ts';

/** Answers that are looked at, and for how long. */
const KEPT = 50;
/** Milliseconds. Long enough to see a slow server, short enough to try it again soon after strangers were sent away. */
const MEMORY = 30_000;

/** How long the server behind the edge takes for a message: what it took lately, and what those wait that have no answer yet. */
export class HandOnTimes {
  readonly #clock: Clock;
  readonly #pending = new Set<{ readonly since: number }>();
  #done: { readonly took: number; readonly at: number }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Times one message. */
  async of<T>(work: Promise<T>): Promise<T> {
    const entry = { since: this.#clock.monotonic() };
    this.#pending.add(entry);
    try {
      return await work;
    } finally {
      this.#pending.delete(entry);
      const at = this.#clock.monotonic();
      this.#done.push({ took: at - entry.since, at });
      if (this.#done.length > 2 * KEPT) this.#done = this.#done.slice(-KEPT);
    }
  }

  /** Messages that wait for an answer now. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Milliseconds, the median; 0 if there was nothing to hand on. */
  get median(): number {
    const now = this.#clock.monotonic();
    const times = this.#done.slice(-KEPT).filter(({ at }) => now - at < MEMORY);
    const all = [...times.map(({ took }) => took), ...[...this.#pending].map(({ since }) => now - since)];
    return all.sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
  }
}

/** The same upstream, with what it takes for each message noted. */
export function timed(upstream: Upstream, times: HandOnTimes): Upstream {
  return {
    get available() {
      return upstream.available;
    },
    get size() {
      return upstream.size;
    },
    offers: (extension) => upstream.offers(extension),
    consider: (envelope, accepted, recipient) => upstream.consider?.(envelope, accepted, recipient) ?? null,
    handOn: (request) => times.of(upstream.handOn(request)),
    close: () => upstream.close(),
  };
}
