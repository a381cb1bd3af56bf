import { connect, type Socket } from 'node:net';
import type { UnreachedReason } from '../finding/unreached.ts';
import type { Clock } from './clock.ts';

/** A place to connect to: an IP address, never a name, so that what was examined is what was resolved. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Something that went wrong with a connection, in words that a report can use. */
export interface Failure {
  readonly ok: false;
  readonly reason: UnreachedReason;
  readonly detail: string;
}

export interface DialOptions {
  /** Milliseconds to wait for the connection. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Opens a TCP connection. Never throws for what the network did. */
export type Dialler = (
  endpoint: Endpoint,
  options: DialOptions,
) => Promise<{ readonly ok: true; readonly socket: Socket } | Failure>;

export interface DiallerSettings {
  readonly clock: Clock;
  /** Sends a connection elsewhere, as `--connect` does: the range stands on free ports of loopback addresses. */
  readonly redirect?: (endpoint: Endpoint) => Endpoint;
  /** The source address to bind; absent: the system chooses. */
  readonly localAddress?: string;
}

/** Makes a dialler over the machine's own network. */
export function createDialler(settings: DiallerSettings): Dialler {
  return async (wanted, options) => {
    if (options.signal?.aborted) return { ok: false, reason: 'budget', detail: 'the scan was stopped' };
    const { address, port } = settings.redirect?.(wanted) ?? wanted;
    const socket = connect({
      host: address,
      port,
      noDelay: true,
      ...(settings.localAddress === undefined ? {} : { localAddress: settings.localAddress }),
    });
    const over = new AbortController();
    const failure = await Promise.race([
      new Promise<null>((resolve) => socket.once('connect', () => resolve(null))),
      new Promise<Failure>((resolve) => socket.once('error', (error) => resolve(readConnectError(error)))),
      settings.clock.sleep(options.timeout, over.signal).then(
        (): Failure => ({ ok: false, reason: 'filtered', detail: `no answer within ${options.timeout / 1000} s` }),
        () => null,
      ),
      aborted(options.signal, over.signal),
    ]);
    over.abort();
    if (failure === null) return { ok: true, socket };
    // An error that comes later, of a socket nobody waits for any more, must not end the process.
    socket.on('error', () => {});
    socket.destroy();
    return failure;
  };
}

/** Resolves when `signal` aborts; stays pending, and lets go, once `over` does. */
function aborted(signal: AbortSignal | undefined, over: AbortSignal): Promise<Failure> {
  return new Promise((resolve) => {
    signal?.addEventListener('abort', () => resolve({ ok: false, reason: 'budget', detail: 'the scan was stopped' }), {
      once: true,
      signal: over,
    });
  });
}

const CONNECT_ERRORS: Readonly<Record<string, UnreachedReason>> = {
  ECONNREFUSED: 'refused',
  ETIMEDOUT: 'filtered',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EAFNOSUPPORT: 'unreachable',
  EINVAL: 'unreachable',
  // A firewall of this machine answers so, not the far one.
  EACCES: 'filtered',
  EPERM: 'filtered',
  ECONNRESET: 'closed',
  EPIPE: 'closed',
};

/** Tells apart how a connection attempt ended. */
export function readConnectError(error: Error & { code?: string }): Failure {
  const code = error.code ?? '';
  return { ok: false, reason: CONNECT_ERRORS[code] ?? 'unreachable', detail: code === '' ? error.message : code };
}
