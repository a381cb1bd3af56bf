import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../net/clock.ts';
import type { Listening } from './gateway.ts';
import type { FromWorker } from './messages.ts';

export interface LeaderSettings {
  readonly workers: number;
  readonly clock: Clock;
  /** Resolves when the gateway is to end. */
  readonly stop: Promise<void>;
  readonly ready: (listening: readonly Listening[]) => void;
  readonly say: (sentence: string) => void;
  /** Milliseconds that workers are given to end. */
  readonly patience: number;
}

/** A worker that ends by itself is replaced, but not more often than this. Milliseconds. */
const AGAIN_AFTER = 1_000;
/** What a worker needs beyond the time its sessions have. Milliseconds. */
const GRACE = 5_000;

/** Runs several gateways that share their ports, and replaces those that break. Rejects if they cannot start. */
export async function lead(settings: LeaderSettings): Promise<{ signal(name: 'SIGHUP'): void; ended: Promise<void> }> {
  const { workers, clock, stop, say } = settings;
  // The kernel hands a connection to whoever is free; passing it on from here would cost more than serving it.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const ticketKeys = randomBytes(48).toString('hex');
  const slots = new Map<number, Worker>();
  let stopping = false;

  function start(slot: number): Promise<FromWorker> {
    const worker = cluster.fork({ MAILWARD_EDGE_WORKER: String(slot) });
    slots.set(slot, worker);
    worker.send({ kind: 'start', ticketKeys });
    return new Promise((resolve) => {
      worker.once('message', (message: FromWorker) => resolve(message));
      worker.once('exit', (code, signal) => {
        slots.delete(slot);
        resolve({ kind: 'failed', because: `a worker ended (${signal ?? code})` });
        if (stopping || slots.size === 0) return;
        say(`a worker ended (${signal ?? code}); another takes its place`);
        setTimeout(() => !stopping && void start(slot), AGAIN_AFTER);
      });
    });
  }

  const first = await Promise.all(Array.from({ length: workers }, (_, index) => start(index + 1)));
  const failed = first.find((message) => message.kind === 'failed');
  const ended = async (): Promise<void> => {
    await stop;
    stopping = true;
    const gone = [...slots.values()].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of slots.values()) worker.process.kill('SIGTERM');
    const over = new AbortController();
    await Promise.race([Promise.all(gone), clock.sleep(settings.patience + GRACE, over.signal).catch(() => undefined)]);
    over.abort();
    for (const worker of slots.values()) worker.process.kill('SIGKILL');
  };
  if (failed?.kind === 'failed') {
    stopping = true;
    for (const worker of slots.values()) worker.process.kill('SIGKILL');
    throw Object.assign(new Error(failed.because), { code: 'WORKER' });
  }
  const [listening] = first as [Extract<FromWorker, { kind: 'listening' }>];
  settings.ready(listening.listening);
  return {
    signal(name) {
      for (const worker of slots.values()) worker.process.kill(name);
    },
    ended: ended(),
  };
}
