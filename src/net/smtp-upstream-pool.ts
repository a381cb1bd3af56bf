import { connect } from 'node:net';
import { offers } from '../wire/smtp/ehlo.ts';
import { UpstreamConnection, type UpstreamSettings } from './smtp-upstream.ts';
import { UpstreamHealth } from './upstream-health.ts';
import type { UpstreamTls } from './upstream-tls.ts';
import type { UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

/** Where a server is now: an address and port, or the path of a socket. `tls` replaces what is set, where DNS or a policy says more. */
export type UpstreamWay = ({ readonly host: string; readonly port: number } | { readonly path: string }) & {
  readonly tls?: UpstreamTls;
};

export interface PoolSettings extends UpstreamSettings {
  /** Finds the way to the server; null if its name cannot be found. Rejects with the reason where none may be gone. */
  readonly locate: () => Promise<UpstreamWay | null>;
  /** Connections at once. More messages wait their turn. */
  readonly connections: number;
  /** Milliseconds that an unused connection is kept. */
  readonly idle: number;
  /** Messages on one connection. */
  readonly messages: number;
  /** Told when the server is found to be up or down. */
  readonly noted: (state: 'up' | 'down', detail: string) => void;
}

/** Messages that wait for a connection; more are turned away, so that nothing grows without bound. */
const WAITING_MAX = 10_000;

/**
 * Refused recipients on one connection. They are those of many strangers, and servers make a client wait for each answer from ten errors on
 * (Postfix's smtpd_soft_error_limit): it would be honest mail that waits.
 */
const REFUSALS_MAX = 8;

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
  offer: UpstreamOffer | null = null;

  readonly #settings: PoolSettings;
  readonly #health: UpstreamHealth;
  readonly #all = new Set<UpstreamConnection>();
  readonly #ready = new Set<UpstreamConnection>();
  readonly #idle: UpstreamConnection[] = [];
  readonly #waiting: Waiting[] = [];
  readonly #refusals = new WeakMap<UpstreamConnection, number>();
  /** Connections on their way to be ready; of those, the ones whose way is still being found are in no set yet. */
  #opening = 0;
  #locating = 0;
  #closed = false;

  constructor(settings: PoolSettings) {
    this.#settings = settings;
    this.#health = new UpstreamHealth(settings);
  }

  /** False from when it is found to be down until it is seen again. */
  get available(): boolean {
    return this.#health.available;
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

  /** To be called about once a second: ends what is overdue and looks after a server that is down or was silent. */
  sweep(): void {
    const now = this.#settings.clock.monotonic();
    for (const connection of this.#all) if (connection.deadline <= now) connection.expire();
    while (this.#idle[0] !== undefined && this.#idle[0].idleSince + this.#settings.idle <= now)
      (this.#idle.shift() as UpstreamConnection).close();
    for (let at = this.#waiting.length - 1; at >= 0; at--) {
      const { transaction, finish } = this.#waiting[at] as Waiting;
      if (Math.min(transaction.deadline, transaction.envelopeDeadline ?? Number.POSITIVE_INFINITY) > now) continue;
      this.#waiting.splice(at, 1);
      finish(failed('no connection in time'));
    }
    if (!this.#closed && this.#opening === 0 && this.#health.due()) this.#open();
  }

  close(): void {
    this.#closed = true;
    for (const connection of [...this.#all]) connection.close();
    for (const { finish } of this.#waiting.splice(0)) finish(failed('shutting down'));
  }

  /** Connections that may be open at once: a server on trial gets one. */
  get #most(): number {
    return this.#health.state === 'trial' ? 1 : this.#settings.connections;
  }

  #begin(job: Waiting): void {
    if (this.#closed) return job.finish(failed('shutting down'));
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      if (connection.idle) return this.#use(connection, job);
    }
    if (!this.available) return job.finish(failed('the server is down'));
    if (this.#waiting.length >= WAITING_MAX) return job.finish(failed('too many messages wait'));
    this.#waiting.push(job);
    this.#openMore();
  }

  #use(connection: UpstreamConnection, job: Waiting): void {
    connection.transact(job.transaction, (result) => {
      this.#countRefusals(connection, result);
      if (result.kind === 'failed' && result.stale && !job.again) this.#begin({ ...job, again: true });
      else {
        this.#judge(result);
        job.finish(result);
      }
      if (connection.idle) this.#rest(connection);
    });
  }

  #countRefusals(connection: UpstreamConnection, result: UpstreamResult): void {
    if (result.kind !== 'answered') return;
    const refused = result.recipients.filter(({ outcome }) => outcome === 'refused').length;
    if (refused > 0) this.#refusals.set(connection, (this.#refusals.get(connection) ?? 0) + refused);
  }

  #judge(result: UpstreamResult): void {
    if (result.kind === 'answered') this.#health.answered();
    if (result.kind !== 'failed' || result.blame !== true) return;
    this.#health.struck(result.detail);
    if (!this.available) this.#turnAway(result.detail);
  }

  /** A connection is free: the next message takes it, or it waits. */
  #rest(connection: UpstreamConnection): void {
    const worn =
      connection.messages >= this.#settings.messages || (this.#refusals.get(connection) ?? 0) >= REFUSALS_MAX;
    if (worn || this.#closed) return connection.close();
    const next = this.#waiting.shift();
    if (next !== undefined) {
      this.#use(connection, next);
      this.#openMore();
    } else if (!this.#idle.includes(connection)) this.#idle.push(connection);
  }

  #openMore(): void {
    if (this.#closed || !this.available || this.#opening >= this.#waiting.length) return;
    if (this.#all.size + this.#locating < this.#most) this.#open();
  }

  #open(): void {
    this.#opening++;
    this.#locating++;
    this.#settings.locate().then(
      (way) => {
        this.#locating--;
        if (way === null) this.#failed('its name is not found');
        else this.#connect(way);
      },
      (fault: unknown) => {
        this.#locating--;
        this.#failed(fault instanceof Error ? fault.message : String(fault));
      },
    );
  }

  #connect(way: UpstreamWay): void {
    if (this.#closed) {
      this.#opening--;
      return;
    }
    const socket = connect(way);
    socket.setNoDelay(true);
    const connection = new UpstreamConnection(
      socket,
      way.tls === undefined ? this.#settings : { ...this.#settings, tls: way.tls },
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
    const words = connection.ehlo?.keywords.map(({ word }) => word).filter((word) => connection.offers(word));
    this.offer = { size: /^[1-9]\d{0,14}$/.test(size) ? Number(size) : null, words: new Set(words) };
    this.#ready.add(connection);
    this.#health.opened();
    connection.onIdle = () => this.#rest(connection);
    this.#rest(connection);
    this.#openMore();
  }

  #failed(detail: string): void {
    this.#opening--;
    // A server that limits connections still serves those it has.
    if (this.#ready.size > 0) return;
    this.#health.unreached(detail);
    this.#turnAway(detail);
  }

  #turnAway(detail: string): void {
    for (const { finish } of this.#waiting.splice(0)) finish(failed(detail));
  }

  #forget(connection: UpstreamConnection): void {
    this.#all.delete(connection);
    if (!this.#ready.delete(connection)) return;
    const at = this.#idle.indexOf(connection);
    if (at >= 0) this.#idle.splice(at, 1);
    if (this.#ready.size === 0) this.#health.doubted();
    // Others may wait for its place.
    this.#openMore();
  }
}

function failed(detail: string): UpstreamResult {
  return { kind: 'failed', detail, sent: false, stale: false };
}
