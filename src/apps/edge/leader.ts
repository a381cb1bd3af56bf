import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../net/clock.ts';
import type { Listening } from './gateway.ts';
import type { Answers, Crew, FromWorker, Question, ToWorker } from './messages.ts';

export interface LeaderSettings {
  readonly workers: number;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
  /** Milliseconds that workers are given to end. */
  readonly patience: number;
}

/** Several gateways that share their ports. */
export interface Leading {
  readonly listening: readonly Listening[];
  readonly crew: Crew;
  signal(name: 'SIGHUP'): void;
  /** Lets all of them drain, and resolves when they have ended. */
  end(): Promise<void>;
}

/** A worker that ends by itself is replaced, but not more often than this. Milliseconds. */
const AGAIN_AFTER = 1_000;
/** What a worker needs beyond the time its sessions have. Milliseconds. */
const GRACE = 5_000;
/** Milliseconds for an answer: a worker that has no time for it has none for mail. */
const ANSWER_WITHIN = 3_000;

/** Starts several gateways that share their ports, and replaces those that break. Rejects if they cannot start. */
export async function lead({ workers, clock, say, patience }: LeaderSettings): Promise<Leading> {
  // The kernel hands a connection to whoever is free; passing it on from here would cost more than serving it.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  const ticketKeys = randomBytes(48).toString('hex');
  const slots = new Map<number, Worker>();
  const owed = new Map<number, (answer: Answers[Question]) => void>();
  let questions = 0;
  let paused = false;
  let stopping = false;

  function start(slot: number): Promise<FromWorker> {
    const worker = cluster.fork({ MAILWARD_EDGE_WORKER: String(slot) });
    slots.set(slot, worker);
    tell(worker, { kind: 'start', ticketKeys });
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'answer') return owed.get(message.number)?.(message.answer);
        // Who comes later does as the others do.
        if (message.kind === 'listening' && paused) void put(worker, 'pause');
        resolve(message);
      });
      worker.once('exit', (code, signal) => {
        slots.delete(slot);
        resolve({ kind: 'failed', because: `a worker ended (${signal ?? code})` });
        if (stopping || slots.size === 0) return;
        say(`a worker ended (${signal ?? code}); another takes its place`);
        setTimeout(() => !stopping && void start(slot), AGAIN_AFTER);
      });
    });
  }

  /** Undefined if no answer came. */
  async function put<Q extends Question>(worker: Worker, question: Q): Promise<Answers[Q] | undefined> {
    const number = ++questions;
    const over = new AbortController();
    const answer = new Promise<Answers[Q]>((resolve) => {
      owed.set(number, resolve as (answer: Answers[Question]) => void);
    });
    tell(worker, { kind: 'question', number, question });
    const late = clock.sleep(ANSWER_WITHIN, over.signal).then(
      () => undefined,
      () => undefined,
    );
    const answered = await Promise.race([answer, late]);
    over.abort();
    owed.delete(number);
    return answered;
  }

  const first = await Promise.all(Array.from({ length: workers }, (_, index) => start(index + 1)));
  const failed = first.find((message) => message.kind === 'failed');
  if (failed?.kind === 'failed') {
    stopping = true;
    for (const worker of slots.values()) worker.process.kill('SIGKILL');
    throw Object.assign(new Error(failed.because), { code: 'WORKER' });
  }
  const [listening] = first as [Extract<FromWorker, { kind: 'listening' }>];
  return {
    listening: listening.listening,
    crew: {
      async ask(question) {
        if (question === 'pause' || question === 'resume') paused = question === 'pause';
        const answers = await Promise.all([...slots.values()].map((worker) => put(worker, question)));
        return answers.filter((answer) => answer !== undefined);
      },
    },
    signal(name) {
      for (const worker of slots.values()) worker.process.kill(name);
    },
    async end() {
      stopping = true;
      const gone = [...slots.values()].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const worker of slots.values()) worker.process.kill('SIGTERM');
      const over = new AbortController();
      await Promise.race([Promise.all(gone), clock.sleep(patience + GRACE, over.signal).catch(() => undefined)]);
      over.abort();
      for (const worker of slots.values()) worker.process.kill('SIGKILL');
    },
  };
}

/** A worker that is just ending hears nothing any more, and that is no fault of ours. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
