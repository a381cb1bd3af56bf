import cluster, { type Worker } from 'node:cluster';
import { randomBytes } from 'node:crypto';
import { getCompileCacheDir } from 'node:module';
import { extname, join } from 'node:path';
import type { Clock } from '../../net/clock.ts';
import type { EdgeConfig } from './config/config-schema.ts';
import type { Listening } from './gateway.ts';
import type { Answers, Crew, FromWorker, Question, ToWorker } from './messages.ts';

export interface LeaderSettings {
  readonly config: EdgeConfig;
  readonly data: string;
  readonly workers: number;
  readonly clock: Clock;
  readonly say: (sentence: string) => void;
}

/** Several gateways that share their ports. */
export interface Leading {
  readonly listening: readonly Listening[];
  readonly crew: Crew;
  /** Gives all of them a configuration that was read anew, or what is wrong with it. */
  reload(read: EdgeConfig | string): void;
  /** Lets all of them drain, and resolves when they have ended. */
  end(): Promise<void>;
}

/** A worker that ends by itself is replaced, but not more often than this. Milliseconds. */
const AGAIN_AFTER = 1_000;
/** What a worker needs beyond the time its sessions have. Milliseconds. */
const GRACE = 5_000;
/** Milliseconds for an answer: a worker that has no time for it has none for mail. */
const ANSWER_WITHIN = 3_000;

/** Beside this file, and as this file is: source or compiled. */
const WORKER = join(import.meta.dirname, `worker${extname(import.meta.filename)}`);
/**
 * Megabytes that each half of V8's generation of young objects may have in a worker. By itself it grows to 64, and a gateway under load would
 * fill them and gain nothing.
 */
const YOUNG = 16;
/**
 * What V8 is told in a worker. There are as many workers as cores: threads that collect garbage beside them would take turns with them, and
 * wake them for each thing they have done.
 */
const FLAGS = [`--max-semi-space-size=${YOUNG}`, '--single-threaded-gc'];

/** Starts several gateways that share their ports, and replaces those that break. Rejects if they cannot start. */
export async function lead({ config, data, workers, clock, say }: LeaderSettings): Promise<Leading> {
  let current = config;
  // The kernel hands a connection to whoever is free; passing it on from here would cost more than serving it. Settled by `setupPrimary`.
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  // Not JSON: a configuration has maps, bytes and what is undefined.
  cluster.setupPrimary({
    exec: WORKER,
    args: [],
    execArgv: [...process.execArgv, ...FLAGS],
    serialization: 'advanced',
  });
  const cache = getCompileCacheDir();
  const env = cache === undefined ? {} : { NODE_COMPILE_CACHE: cache };
  const ticketKeys = randomBytes(48).toString('hex');
  const slots = new Map<number, Worker>();
  const owed = new Map<number, (answer: Answers[Question]) => void>();
  let questions = 0;
  let paused = false;
  let stopping = false;
  let begun = false;

  function start(slot: number): Promise<FromWorker> {
    const worker = cluster.fork(env);
    slots.set(slot, worker);
    tell(worker, { kind: 'start', slot, workers, ticketKeys, config: current, data });
    return new Promise((resolve) => {
      worker.on('message', (message: FromWorker) => {
        if (message.kind === 'answer') return owed.get(message.number)?.(message.answer);
        if (message.kind === 'said') return say(message.sentence);
        // Who comes later does as the others do.
        if (message.kind === 'listening' && paused) void put(worker, 'pause');
        resolve(message);
      });
      worker.once('exit', (code, signal) => {
        slots.delete(slot);
        resolve({ kind: 'failed', because: `a worker ended (${signal ?? code})` });
        // While all begin, one that cannot keeps the others from beginning, and the reason is told for all.
        if (stopping || !begun) return;
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
  begun = true;
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
    reload(read) {
      if (typeof read !== 'string') current = read;
      for (const worker of slots.values()) tell(worker, { kind: 'reload', read });
    },
    async end() {
      stopping = true;
      const gone = [...slots.values()].map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
      for (const worker of slots.values()) worker.process.kill('SIGTERM');
      const over = new AbortController();
      await Promise.race([Promise.all(gone), clock.sleep(current.drain + GRACE, over.signal).catch(() => undefined)]);
      over.abort();
      for (const worker of slots.values()) worker.process.kill('SIGKILL');
    },
  };
}

/** A worker that is just ending hears nothing any more, and that is no fault of ours. */
function tell(worker: Worker, message: ToWorker): void {
  if (worker.isConnected()) worker.send(message, () => undefined);
}
