import type { Clock } from './clock.ts';

/** What is thought of a server: it serves, it does not, or it is being given one message to show that it does again. */
export type HealthState = 'up' | 'down' | 'trial';

export interface HealthSettings {
  readonly clock: Clock;
  /** Told of every change that others must know: one from trial to up is none, since it was up for them already. */
  readonly noted: (state: 'up' | 'down', detail: string) => void;
}

/** Messages in a row that got no answer until a server that still takes connections is thought to be down. */
const STRIKES = 3;
/** Milliseconds until a server that is down is looked at again: doubled each time, up to the second. */
const RETRY_FIRST = 500;
const RETRY_LAST = 15_000;
/** Milliseconds without a word of a server that is up until it is looked at. */
const QUIET = 30_000;

/**
 * The health of one server, from what messages met with (passive) and from looking at it when there were none (active). A server that takes
 * connections and answers nothing is down as well: its way back is a trial with one message.
 */
export class UpstreamHealth {
  state: HealthState = 'up';

  readonly #settings: HealthSettings;
  #strikes = 0;
  #retryAt = 0;
  #retryAfter = RETRY_FIRST;
  #heardAt: number;
  /** It was silent when it went down: that it takes connections proves nothing. */
  #silent = false;

  constructor(settings: HealthSettings) {
    this.#settings = settings;
    this.#heardAt = settings.clock.monotonic();
  }

  get available(): boolean {
    return this.state !== 'down';
  }

  /** It answered a message, whatever it said. */
  answered(): void {
    this.#heardAt = this.#settings.clock.monotonic();
    this.#strikes = 0;
    this.#silent = false;
    this.#retryAfter = RETRY_FIRST;
    if (this.state === 'trial') this.state = 'up';
  }

  /** A connection to it is ready. */
  opened(): void {
    this.#heardAt = this.#settings.clock.monotonic();
    if (this.state !== 'down') return;
    this.state = this.#silent ? 'trial' : 'up';
    if (!this.#silent) this.#retryAfter = RETRY_FIRST;
    this.#settings.noted('up', '');
  }

  /** A message got no answer. */
  struck(detail: string): void {
    this.#strikes++;
    if (this.state === 'down' || (this.state === 'up' && this.#strikes < STRIKES)) return;
    this.#silent = true;
    this.#goDown(detail);
  }

  /** It cannot be connected to. */
  unreached(detail: string): void {
    this.#goDown(detail);
  }

  /** A connection that was resting ended: is it still there? */
  doubted(): void {
    this.#heardAt = Number.NEGATIVE_INFINITY;
  }

  /** True if it should be looked at now, by a new connection; it is not true again until that came to something. */
  due(): boolean {
    const now = this.#settings.clock.monotonic();
    if (this.state === 'down') return now >= this.#retryAt;
    if (now - this.#heardAt < QUIET) return false;
    this.#heardAt = now;
    return true;
  }

  #goDown(detail: string): void {
    if (this.state !== 'down') this.#settings.noted('down', detail);
    this.state = 'down';
    this.#retryAt = this.#settings.clock.monotonic() + this.#retryAfter;
    this.#retryAfter = Math.min(RETRY_LAST, 2 * this.#retryAfter);
  }
}
