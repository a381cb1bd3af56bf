import type { Clock } from './clock.ts';
import type { Failure } from './dialler.ts';

/** How politely a scan behaves. The defaults stay below the limits that mail servers were measured to have. */
export interface PaceSettings {
  /** Connections open to one host at a time. */
  readonly perHost: number;
  /** Milliseconds between the end of one connection to a host and the begin of the next. */
  readonly gap: number;
  /** Connections to one host in all; more is `budget`. */
  readonly connections: number;
  /** Errors that may be provoked in one connection: Exim hangs up at the fourth. */
  readonly errors: number;
  /** Connections open in all. */
  readonly concurrency: number;
}

export const POLITE: PaceSettings = { perHost: 1, gap: 2_000, connections: 12, errors: 3, concurrency: 100 };

/** Leave to hold one connection. It must be given back by `leave`, whatever happened. */
export interface Turn {
  readonly ok: true;
  /** Errors that may still be provoked in this connection. */
  readonly errorsLeft: number;
  /** Takes one error from the budget: the server refused something that it was asked. */
  provoked(): void;
  /** The host said that we are too many (421, or a throttling 4yz): nobody asks it again in this run. */
  stop(detail: string): void;
  leave(): void;
}

/** Keeps a whole run polite: it alone says when a connection may be opened. */
export interface Pace {
  /** Waits for a turn at `host` (an address). A failure is `throttled`, or `budget` if it has had all its connections or the run was stopped. */
  enter(host: string, signal?: AbortSignal): Promise<Turn | Failure>;
}

interface Host {
  open: number;
  used: number;
  /** Monotonic time before which no connection may begin. */
  notBefore: number;
  stopped: string | null;
  waiting: (() => void)[];
}

/** Makes a pace. Waiting costs nothing but a promise, so thousands of hosts may queue. */
export function createPace(clock: Clock, settings: PaceSettings = POLITE): Pace {
  const hosts = new Map<string, Host>();
  const queue: (() => void)[] = [];
  let open = 0;

  function release(host: Host): void {
    host.open -= 1;
    host.notBefore = clock.monotonic() + settings.gap;
    host.waiting.shift()?.();
  }

  /** Waits for the host first, for its gap next and for a seat of the run last, so that nobody holds a seat and waits. */
  async function seat(host: Host, signal: AbortSignal | undefined): Promise<Failure | null> {
    while (host.open >= settings.perHost) {
      if (!(await turnOf(host.waiting, signal))) return over;
    }
    host.open += 1;
    const refusal = (await waitInside(host, signal)) ?? refused(host);
    if (refusal !== null) release(host);
    return refusal;
  }

  async function waitInside(host: Host, signal: AbortSignal | undefined): Promise<Failure | null> {
    const wait = host.notBefore - clock.monotonic();
    if (refused(host) === null && wait > 0) {
      try {
        await clock.sleep(wait, signal);
      } catch {
        return over;
      }
    }
    while (open >= settings.concurrency) {
      if (!(await turnOf(queue, signal))) return over;
    }
    return signal?.aborted ? over : null;
  }

  function refused(host: Host): Failure | null {
    if (host.stopped !== null) return { ok: false, reason: 'throttled', detail: host.stopped };
    if (host.used < settings.connections) return null;
    return { ok: false, reason: 'budget', detail: `${settings.connections} connections are used up` };
  }

  return {
    async enter(name, signal) {
      let host = hosts.get(name);
      if (host === undefined) {
        host = { open: 0, used: 0, notBefore: 0, stopped: null, waiting: [] };
        hosts.set(name, host);
      }
      const held: Host = host;
      const refusal = await seat(held, signal);
      if (refusal !== null) return refusal;
      held.used += 1;
      open += 1;
      let errors = settings.errors;
      let left = false;
      return {
        ok: true,
        get errorsLeft() {
          return errors;
        },
        provoked() {
          errors = Math.max(0, errors - 1);
        },
        stop(detail) {
          held.stopped ??= detail;
        },
        leave() {
          if (left) return;
          left = true;
          open -= 1;
          release(held);
          queue.shift()?.();
        },
      };
    },
  };
}

const over: Failure = { ok: false, reason: 'budget', detail: 'the scan was stopped' };

/** Waits at the end of a line of waiters; false if the signal came first. */
function turnOf(line: (() => void)[], signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const go = () => {
      signal?.removeEventListener('abort', stop);
      resolve(true);
    };
    const stop = () => {
      const at = line.indexOf(go);
      if (at !== -1) line.splice(at, 1);
      resolve(false);
    };
    signal?.addEventListener('abort', stop, { once: true });
    line.push(go);
  });
}
