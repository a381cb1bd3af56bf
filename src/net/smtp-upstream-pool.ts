import { connect, type Socket } from 'node:net';
import { offers } from '../wire/smtp/ehlo.ts';
import { UpstreamConnection, type UpstreamSettings } from './smtp-upstream.ts';
import type { UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

export interface PoolSettings extends UpstreamSettings {
  /** Where the server is now: an address and port, or the path of a socket. Null if its name cannot be found. */
  readonly locate: () => Promise<{ readonly host: string; readonly port: number } | { readonly path: string } | null>;
  /** Connections at once. More messages wait their turn. */
  readonly connections: number;
  /** Milliseconds that an unused connection is kept. */
  readonly idle: number;
  /** Messages on one connection. */
  readonly messages: number;
  /** Told when the server is found to be up or down. */
  readonly noted: (state: 'up' | 'down', detail: string) => void;
}

/** Milliseconds between two looks at a server that is down: doubled each time, up to the second. */
const RETRY_FIRST = 500;
const RETRY_LAST = 15_000;
/** Messages that wait for a connection; more are turned away, so that nothing grows without bound. */
const WAITING_MAX = 10_000;

interface Waiting {
  readonly transaction: UpstreamTransaction;
  readonly finish: (result: UpstreamResult) => void;
  readonly again: boolean;
}

/** What the server said it can do, the last time somebody asked it. */
export interface UpstreamOffer {
  readonly size: number | null;
  readonly words: ReadonlySet<string>;
}

/** Connections to one server behind the edge, kept open between messages. */
export class UpstreamPool {
  /** False from a failed connection to the next that works. */
  available = true;
  offer: UpstreamOffer | null = null;

  readonly #settings: PoolSettings;
  readonly #all = new Set<UpstreamConnection>();
  readonly #ready = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting: Waiting[] = [];
  #opening = 0;
  #retryAt = 0;
  #retryAfter = RETRY_FIRST;
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
  }

  /** Messages under way or waiting. */
  get busy(): number {
    return this.#all.size - this.#idle.length + this.#waiting.length;
  }

  /** Opens a first connection, to learn what the server offers before anybody asks. */
  probe(): void {
    if (this.#all.size === 0 && this.#opening === 0) this.#open();
  }

  /** Hands a message on. Never rejects; the answer is there at the transaction's deadline at the latest. */
  handOn(transaction: UpstreamTransaction): Promise<UpstreamResult> {
    return new Promise((finish) => this.#begin({ transaction, finish, again: false }));
  }

  /** To be called about once a second: ends what is overdue and looks after a server that is down. */
  sweep(): void {
    const now = this.#settings.clock.monotonic();
    for (const connection of this.#all) if (connection.deadline <= now) connection.expire();
    while (this.#idle[0] !== undefined && this.#idle[0].idleSince + this.#settings.idle <= now)
      (this.#idle.shift() as UpstreamConnection).close();
    for (let at = this.#waiting.length - 1; at >= 0; at--) {
      const { transaction, finish } = this.#waiting[at] as Waiting;
      if (transaction.deadline > now) continue;
      this.#waiting.splice(at, 1);
      finish(failed('no connection in time'));
    }
    if (!this.available && !this.#closed && this.#opening === 0 && now >= this.#retryAt) this.#open();
  }

  close(): void {
    this.#closed = true;
    for (const connection of [...this.#all]) connection.close();
    for (const { finish } of this.#waiting.splice(0)) finish(failed('shutting down'));
  }

  #begin(job: Waiting): void {
    if (this.#closed) return job.finish(failed('shutting down'));
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.idle) return this.#use(connection, job);
    }
    if (!this.available) return job.finish(failed('the server is down'));
    if (this.#waiting.length >= WAITING_MAX) return job.finish(failed('too many messages wait'));
    this.#waiting.push(job);
    if (this.#all.size + this.#opening < this.#settings.connections && this.#opening < this.#waiting.length)
      this.#open();
  }

  #use(connection: UpstreamConnection, job: Waiting): void {
    connection.transact(job.transaction, (result) => {
      if (result.kind === 'failed' && result.stale && !job.again) this.#begin({ ...job, again: true });
      else job.finish(result);
      if (connection.idle) this.#rest(connection);
    });
  }

  /** A connection is free: the next message takes it, or it waits. */
  #rest(connection: UpstreamConnection): void {
    if (connection.messages >= this.#settings.messages || this.#closed) return connection.close();
    const next = this.#waiting.shift();
    if (next !== undefined) this.#use(connection, next);
    else if (!this.#idle.includes(connection)) this.#idle.push(connection);
  }

  #open(): void {
    this.#opening++;
    this.#settings.locate().then(
      (place) => (place === null ? this.#failed('its name is not found') : this.#connect(connect(place))),
      (fault: unknown) => this.#failed(fault instanceof Error ? fault.message : String(fault)),
    );
  }

  #connect(socket: Socket): void {
    if (this.#closed) {
      socket.on('error', () => {}).destroy();
      this.#opening--;
      return;
    }
    socket.setNoDelay(true);
    const connection = new UpstreamConnection(
      socket,
      this.#settings,
      (failure) => {
        if (failure !== null) return this.#failed(failure);
        this.#opening--;
        this.#up(connection);
      },
      () => this.#forget(connection),
    );
    this.#all.add(connection);
  }

  #up(connection: UpstreamConnection): void {
    const size = offers(connection.ehlo, 'SIZE')?.parameters[0] ?? '';
    this.offer = {
      size: /^[1-9]\d{0,14}$/.test(size) ? Number(size) : null,
      words: new Set(connection.ehlo?.keywords.map(({ word }) => word)),
    };
    this.#ready.add(connection);
    this.#retryAfter = RETRY_FIRST;
    if (!this.available) this.#settings.noted('up', '');
    this.available = true;
    connection.onIdle = () => this.#rest(connection);
    this.#rest(connection);
    const more = this.#waiting.length - this.#opening;
    if (more > 0 && this.#all.size < this.#settings.connections) this.#open();
  }

  #failed(detail: string): void {
    this.#opening--;
    // A server that limits connections still serves those it has.
    if (this.#ready.size > 0) return;
    if (this.available) this.#settings.noted('down', detail);
    this.available = false;
    this.#retryAt = this.#settings.clock.monotonic() + this.#retryAfter;
    this.#retryAfter = Math.min(RETRY_LAST, 2 * this.#retryAfter);
    for (const { finish } of this.#waiting.splice(0)) finish(failed(detail));
  }

  #forget(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    if (!this.#ready.delete(connection)) return;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    // Others may wait for its place.
    if (!this.#closed && this.available && this.#waiting.length > this.#opening) this.#open();
  }
}

function failed(detail: string): UpstreamResult {
  return { kind: 'failed', detail, sent: false, stale: false };
}
