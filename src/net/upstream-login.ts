import { connect, type Socket } from 'node:net';
import { offers } from '../wire/smtp/ehlo.ts';
import { type Reply, replyText } from '../wire/smtp/reply.ts';
import type { Clock } from './clock.ts';
import { UpstreamConnection, type UpstreamSettings } from './smtp-upstream.ts';
import type { UpstreamWay } from './smtp-upstream-pool.ts';
import type { UpstreamTls } from './upstream-tls.ts';
import type { UpstreamResult, UpstreamTransaction } from './upstream-transaction.ts';

export interface LoginSettings extends UpstreamSettings {
  /** Where the server is now; null if its name cannot be found. */
  readonly locate: () => Promise<UpstreamWay | null>;
  /** Connections at once: each login holds one until its session ends. */
  readonly connections: number;
}

/** What the server said to a name and a password. `unknown`: it was not reached, or said neither yes nor no. */
export type UpstreamLogin =
  | { readonly kind: 'accepted'; readonly connection: LoggedIn }
  | { readonly kind: 'refused' | 'unknown'; readonly detail: string };

/** A connection to the server on which somebody has logged in. */
export interface LoggedIn {
  readonly alive: boolean;
  /** Bytes of the largest message, and the words of EHLO, as the server offers them to who is logged in. */
  readonly offer: { readonly size: number | null; readonly words: ReadonlySet<string> };
  handOn(transaction: UpstreamTransaction): Promise<UpstreamResult>;
  close(): void;
}

/** The credentials are wrong (RFC 4954 §6), too weak, or of an account that is shut (RFC 7372 §4 and its registry). */
const REFUSALS = new Set([535, 534, 525]);

/** Logs in at a server in the name of others, a connection for each. The password is sent once and not kept. */
export class UpstreamLogins {
  readonly #settings: LoginSettings;
  readonly #open = new Set<UpstreamConnection>();
  #opening = 0;

  constructor(settings: LoginSettings) {
    this.#settings = settings;
  }

  /** Asks the server. Never rejects; the answer is there at the deadline (milliseconds, monotonic) at the latest. */
  async check(account: string, password: string, deadline: number): Promise<UpstreamLogin> {
    const { connections, locate, clock, openTimeout } = this.#settings;
    if (this.#open.size + this.#opening >= connections) return unknown('too many logins at once');
    this.#opening++;
    try {
      const way = locate().catch((fault: unknown) => (fault instanceof Error ? fault : new Error(String(fault))));
      const place = await inTime(way, deadline, clock);
      if (place === null) return unknown('its name is not found');
      if (place instanceof Error) return unknown(place.message);
      const opened = Math.min(openTimeout, deadline - clock.monotonic());
      const connection = await this.#connect(connect(place), place.tls ?? this.#settings.tls, opened);
      if (typeof connection === 'string') return unknown(connection);
      const answer = await logIn(connection, account, password, deadline);
      if (answer?.code === 235) return { kind: 'accepted', connection: loggedIn(connection) };
      connection.close();
      if (answer === null) return unknown('no answer to AUTH');
      const detail = `${answer.code} ${replyText(answer)}`;
      return REFUSALS.has(answer.code) ? { kind: 'refused', detail } : unknown(detail);
    } finally {
      this.#opening--;
    }
  }

  /** To be called about once a second: ends what is overdue. */
  sweep(): void {
    const now = this.#settings.clock.monotonic();
    for (const connection of this.#open) if (connection.deadline <= now) connection.expire();
  }

  close(): void {
    for (const connection of [...this.#open]) connection.close();
  }

  #connect(socket: Socket, tls: UpstreamTls, openTimeout: number): Promise<UpstreamConnection | string> {
    socket.setNoDelay(true);
    return new Promise((resolve) => {
      const connection = new UpstreamConnection(
        socket,
        { ...this.#settings, tls, openTimeout },
        (failure) => resolve(failure ?? connection),
        () => this.#open.delete(connection),
      );
      this.#open.add(connection);
    });
  }
}

/** What a promise comes to, or a fault if it is not there at the deadline. */
async function inTime<T>(work: Promise<T>, deadline: number, clock: Clock): Promise<T | Error> {
  const over = new AbortController();
  const late = clock.sleep(Math.max(0, deadline - clock.monotonic()), over.signal).then(
    () => new Error('no way to it was found in time'),
    () => new Error('not waited for'),
  );
  const first = await Promise.race([work, late]);
  over.abort();
  return first;
}

/** PLAIN (RFC 4616) in one line, or LOGIN in three where the server has nothing better. */
async function logIn(
  connection: UpstreamConnection,
  account: string,
  password: string,
  deadline: number,
): Promise<Reply | null> {
  const ask = (line: string) => new Promise<Reply | null>((resolve) => connection.ask(line, deadline, resolve));
  const mechanisms = offers(connection.ehlo, 'AUTH')?.parameters.map((word) => word.toUpperCase()) ?? [];
  if (mechanisms.includes('PLAIN') || !mechanisms.includes('LOGIN'))
    return ask(`AUTH PLAIN ${base64(`\0${account}\0${password}`)}`);
  let answer = await ask('AUTH LOGIN');
  for (const text of [account, password]) {
    if (answer?.code !== 334) return answer;
    answer = await ask(base64(text));
  }
  return answer;
}

function loggedIn(connection: UpstreamConnection): LoggedIn {
  const size = offers(connection.ehlo, 'SIZE')?.parameters[0] ?? '';
  return {
    get alive() {
      return connection.idle;
    },
    offer: {
      size: /^[1-9]\d{0,14}$/.test(size) ? Number(size) : null,
      words: new Set(connection.ehlo?.keywords.map(({ word }) => word).filter((word) => connection.offers(word))),
    },
    handOn: (transaction) =>
      new Promise((resolve) => {
        if (connection.idle) connection.transact(transaction, resolve);
        else resolve({ kind: 'failed', detail: 'the connection of the login is gone', sent: false, stale: false });
      }),
    close: () => connection.close(),
  };
}

const base64 = (text: string): string => Buffer.from(text, 'utf8').toString('base64');

const unknown = (detail: string): UpstreamLogin => ({ kind: 'unknown', detail });
