import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '../../net/clock.ts';
import type { EdgeConfig } from './config-schema.ts';
import { controlPath } from './control-socket.ts';
import { openDesk } from './desk.ts';
import { type Gateway, type Listening, openGateway } from './gateway.ts';
import { lead } from './leader.ts';
import { type EdgeLog, openLog } from './log.ts';
import type { Answers, Crew, FromWorker, Question, ToWorker } from './messages.ts';
import { type EdgeMetrics, openMetrics } from './metrics.ts';
import { becomeUser, giveTo } from './privileges.ts';
import { restartOnly } from './restart-only.ts';
import type { MetricsPlace } from './settings/metrics.ts';

export interface DaemonSettings {
  readonly config: EdgeConfig;
  /** Reads the configuration anew; a text if it cannot be used. */
  readonly again: () => EdgeConfig | string;
  readonly data: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly workers: number;
  readonly ready: (listening: readonly Listening[], metrics: MetricsPlace | null) => void;
  /** Tells the operator something in a sentence. */
  readonly say: (sentence: string) => void;
}

/** Runs the gateway until it is told to stop: SIGTERM and SIGINT drain, SIGHUP reloads. */
export async function runDaemon(settings: DaemonSettings): Promise<void> {
  const { stop, drain } = stopping(settings.signal);
  if (cluster.isWorker) return runWorker(settings, stop);
  const running = settings.workers === 1 ? await alone(settings) : await led(settings);
  const { config, data, say } = settings;
  try {
    const desk = await openDesk({ data, metrics: config.metrics?.listen, crew: running.crew, drain, say });
    if (config.user !== undefined) {
      giveTo(config.user, controlPath(data));
      becomeUser(config.user);
    }
    settings.ready(running.listening, desk.metrics);
    await stop;
    await desk.close();
  } finally {
    await running.end();
  }
}

/** One gateway or several, as the desk and the end of the program see them. */
interface Running {
  readonly listening: readonly Listening[];
  readonly crew: Crew;
  end(): Promise<void>;
}

/** A gateway in the process of the command. */
async function alone(settings: DaemonSettings): Promise<Running> {
  const opened = await open(settings, 0, undefined);
  return {
    listening: opened.gateway.listening,
    crew: { ask: async (question) => [await answer(question, opened)] },
    end: () => end(opened),
  };
}

async function led(settings: DaemonSettings): Promise<Running> {
  const { config, clock, say, workers } = settings;
  const leading = await lead({ workers, clock, say, patience: config.drain });
  const onHangUp = () => {
    const read = settings.again();
    if (typeof read === 'string') say(`the old configuration stays: ${read}`);
    else leading.signal('SIGHUP');
  };
  process.on('SIGHUP', onHangUp);
  return {
    ...leading,
    async end() {
      await leading.end();
      process.off('SIGHUP', onHangUp);
    },
  };
}

/** One gateway of several. What leads it has gone, too, when the channel to it closes. */
async function runWorker(settings: DaemonSettings, stop: Promise<void>): Promise<void> {
  const tell = (message: FromWorker) => process.connected && process.send?.(message);
  const [told] = (await once(process, 'message')) as [Extract<ToWorker, { kind: 'start' }>];
  const slot = Number(process.env['MAILWARD_EDGE_WORKER']);
  try {
    const opened = await open(settings, slot, Buffer.from(told.ticketKeys, 'hex'));
    process.on('message', (message: ToWorker) => {
      if (message.kind !== 'question') return;
      void answer(message.question, opened).then((given) =>
        tell({ kind: 'answer', number: message.number, answer: given }),
      );
    });
    tell({ kind: 'listening', listening: opened.gateway.listening });
    await Promise.race([stop, once(process, 'disconnect')]);
    await end(opened);
  } catch (fault) {
    tell({ kind: 'failed', because: fault instanceof Error ? fault.message : String(fault) });
  }
  if (process.connected) process.disconnect();
}

interface Opened {
  readonly gateway: Gateway;
  readonly log: EdgeLog;
  readonly metrics: EdgeMetrics;
}

async function open(settings: DaemonSettings, slot: number, ticketKeys: Buffer | undefined): Promise<Opened> {
  const { config, data, clock } = settings;
  // What several processes see alike is told by one of them.
  const say = slot <= 1 ? settings.say : () => undefined;
  const log = await openLog(config.log.file ?? join(data, 'log', 'edge.ndjson'), config.log, slot <= 1);
  const metrics = openMetrics();
  const gateway = await openGateway({
    config,
    data,
    clock,
    ticketKeys,
    worker: slot,
    listen(event) {
      log.event(event);
      metrics.listen(event);
    },
    noted(what, facts) {
      log.note(what, facts);
      if (what === 'upstream')
        say(`${facts['place']} is ${facts['state']}${facts['detail'] === '' ? '' : `: ${facts['detail']}`}`);
      if (what === 'pressure') say(`the load is ${facts['level']}: ${facts['signal']} is ${facts['to']}`);
    },
  });
  // The process of the command goes on to open its desk; a worker has all it needs.
  if (config.user !== undefined) {
    giveTo(config.user, data);
    if (slot > 0) becomeUser(config.user);
  }
  process.on('SIGHUP', () => {
    log.reopen();
    reload(gateway, { ...settings, say }, log.note);
  });
  return { gateway, log, metrics };
}

async function answer<Q extends Question>(question: Q, { gateway, log, metrics }: Opened): Promise<Answers[Q]> {
  const status = () => ({ ...gateway.status(), messages: metrics.messages });
  const answers: { readonly [K in Question]: () => Answers[K] | Promise<Answers[K]> } = {
    status,
    sessions: () => gateway.sessions(),
    metrics: () => metrics.read(status()),
    pause: () => toggled(true),
    resume: () => toggled(false),
  };
  const toggled = (paused: boolean): true => {
    gateway.pause(paused);
    log.note(paused ? 'paused' : 'resumed', {});
    return true;
  };
  return answers[question]();
}

async function end({ gateway, log }: Opened): Promise<void> {
  log.note('draining', {});
  await gateway.drain();
  process.removeAllListeners('SIGHUP');
  await log.close();
}

function reload(gateway: Gateway, settings: DaemonSettings, note: EdgeLog['note']): void {
  const { again, say } = settings;
  const config = again();
  if (typeof config === 'string') {
    note('reload-failed', { because: config });
    return say(`the old configuration stays: ${config}`);
  }
  try {
    gateway.reload(config);
    const later = restartOnly(settings.config, config);
    note('reloaded', { later });
    say(
      `the new configuration is in force${later.length === 0 ? '' : `, but for ${later.join(', ')}: restart for that`}`,
    );
  } catch (fault) {
    const because = fault instanceof Error ? fault.message : String(fault);
    note('reload-failed', { because });
    say(`the old configuration stays: ${because}`);
  }
}

/** `stop` resolves when the gateway is to end: by SIGTERM, by Ctrl-C, or because `drain` was called. */
function stopping(aborted: AbortSignal): { readonly stop: Promise<void>; readonly drain: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  // For good: a second SIGTERM while sessions end must not cut them off.
  process.on('SIGTERM', () => resolve());
  aborted.addEventListener('abort', () => resolve(), { once: true });
  return { stop: promise, drain: resolve };
}
