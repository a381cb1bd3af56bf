import { once } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '../../net/clock.ts';
import type { EdgeConfig } from './config/config-schema.ts';
import { restartOnly } from './config/restart-only.ts';
import type { MetricsPlace } from './config/settings/metrics.ts';
import { controlPath } from './control-socket.ts';
import { openDesk } from './desk.ts';
import type { Gateway, Listening } from './gateway.ts';
import { lead } from './leader.ts';
import type { EdgeLog } from './log.ts';
import { createCounts, type MessageTally } from './message-counts.ts';
import type { Answers, Crew, FromWorker, Question, ToWorker } from './messages.ts';
import type { EdgeMetrics } from './metrics.ts';
import { becomeUser, giveTo } from './privileges.ts';

/** What a gateway needs, whether it is alone or one of several. */
interface GatewayNeeds {
  readonly config: EdgeConfig;
  readonly data: string;
  readonly clock: Clock;
  /** How many there are. */
  readonly workers: number;
  /** Tells the operator something in a sentence. */
  readonly say: (sentence: string) => void;
}

export interface DaemonSettings extends GatewayNeeds {
  /** Reads the configuration anew; a text if it cannot be used. */
  readonly again: () => EdgeConfig | string;
  readonly signal: AbortSignal;
  readonly ready: (listening: readonly Listening[], metrics: MetricsPlace | null) => void;
}

/** Runs the gateway until it is told to stop: SIGTERM and SIGINT drain, SIGHUP reloads. */
export async function runDaemon(settings: DaemonSettings): Promise<void> {
  const { stop, drain } = stopping(settings.signal);
  const running = settings.workers === 1 ? await alone(settings) : await led(settings);
  const { config, data, say } = settings;
  try {
    const desk = await openDesk({ data, metrics: config.metrics?.listen, crew: running.crew, drain, say });
    if (config.user !== undefined) {
      giveTo(config.user, controlPath(data));
      becomeUser(config.user);
    } else if (process.getuid?.() === 0)
      say('it runs as root, which it needs for nothing once its ports are open: name a user in `user`');
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
  const onHangUp = () => reload(opened, settings, settings.again());
  process.on('SIGHUP', onHangUp);
  return {
    listening: opened.gateway.listening,
    crew: { ask: async (question) => [await answer(question, opened)] },
    async end() {
      await end(opened);
      process.off('SIGHUP', onHangUp);
    },
  };
}

async function led(settings: DaemonSettings): Promise<Running> {
  const leading = await lead(settings);
  const onHangUp = () => leading.reload(settings.again());
  process.on('SIGHUP', onHangUp);
  return {
    ...leading,
    async end() {
      await leading.end();
      process.off('SIGHUP', onHangUp);
    },
  };
}

/**
 * One gateway of several, in a process that has just begun: it is told by the one that leads it what to do, and reads no configuration itself.
 * What leads it has gone, too, when the channel to it closes.
 */
export async function runWorker(clock: Clock): Promise<void> {
  const tell = (message: FromWorker) => process.connected && process.send?.(message);
  // Ctrl-C in a terminal reaches all processes.
  const interrupted = new AbortController();
  process.once('SIGINT', () => interrupted.abort());
  // Hanging up is a matter of who leads.
  process.on('SIGHUP', () => undefined);
  const { stop } = stopping(interrupted.signal);
  const [told] = (await once(process, 'message')) as [Extract<ToWorker, { kind: 'start' }>];
  const { config, data, slot, workers } = told;
  // What several processes see alike is told by one of them.
  const say = (sentence: string) => void (slot === 1 && tell({ kind: 'said', sentence }));
  const needs = { config, data, clock, workers, say };
  const opening = open(needs, slot, Buffer.from(told.ticketKeys, 'hex'));
  // What is said while the gateway opens waits until it has.
  process.on('message', (message: ToWorker) => {
    void opening.then(
      async (opened) => {
        if (message.kind === 'reload') reload(opened, needs, message.read);
        if (message.kind !== 'question') return;
        tell({ kind: 'answer', number: message.number, answer: await answer(message.question, opened) });
      },
      () => undefined,
    );
  });
  try {
    const opened = await opening;
    tell({ kind: 'listening', listening: opened.gateway.listening });
    await Promise.race([stop, once(process, 'disconnect')]);
    await end(opened);
  } catch (fault) {
    tell({ kind: 'failed', because: fault instanceof Error ? fault.message : String(fault) });
  }
  if (process.connected) process.disconnect();
}

/** What the operator hears of the folder of messages that are kept back. */
const QUARANTINE = {
  open: () => 'the quarantine has room again',
  full: () =>
    'the quarantine is full: senders of what should be kept are asked to come again; release or delete messages',
  broken: (detail: string) =>
    `the quarantine cannot be written: ${detail}; senders of what should be kept are asked to come again`,
};

interface Opened {
  readonly gateway: Gateway;
  readonly log: EdgeLog;
  readonly counts: MessageTally;
  /** Null where nobody can ask for them. */
  readonly metrics: EdgeMetrics | null;
}

/** Loads what only a process needs that serves: who leads others does not. */
async function open(needs: GatewayNeeds, slot: number, ticketKeys: Buffer | undefined): Promise<Opened> {
  const { config, data, clock, workers, say } = needs;
  const { openGateway } = await import('./gateway.ts');
  const { openLog } = await import('./log.ts');
  const log = await openLog(config.log.file ?? join(data, 'log', 'edge.ndjson'), config.log, slot <= 1);
  const counts = createCounts();
  const metrics = config.metrics === undefined ? null : (await import('./metrics.ts')).openMetrics();
  const gateway = await openGateway({
    config,
    data,
    clock,
    ticketKeys,
    worker: slot,
    workers,
    listen(event) {
      log.event(event);
      counts.listen(event);
      metrics?.listen(event);
    },
    noted(what, facts) {
      log.note(what, facts);
      if (what === 'upstream')
        say(`${facts['place']} is ${facts['state']}${facts['detail'] === '' ? '' : `: ${facts['detail']}`}`);
      if (what === 'quarantine') say(QUARANTINE[facts['state'] as keyof typeof QUARANTINE](String(facts['detail'])));
      if (what === 'pressure') say(`the load is ${facts['level']}: ${facts['signal']} is ${facts['to']}`);
    },
  });
  // The process of the command goes on to open its desk; a worker has all it needs.
  if (config.user !== undefined) {
    giveTo(config.user, data);
    if (slot > 0) becomeUser(config.user);
  }
  return { gateway, log, counts, metrics };
}

async function answer<Q extends Question>(question: Q, { gateway, log, counts, metrics }: Opened): Promise<Answers[Q]> {
  const status = () => ({ ...gateway.status(), messages: counts.messages, linesLost: log.lost });
  const answers: { readonly [K in Question]: () => Answers[K] | Promise<Answers[K]> } = {
    status,
    sessions: () => gateway.sessions(),
    metrics: () => metrics?.read(status()) ?? [],
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
  await log.close();
}

/** Goes on in the log that has the name now, and by what was read, if it can be used. */
function reload({ gateway, log }: Opened, { config, say }: GatewayNeeds, read: EdgeConfig | string): void {
  log.reopen();
  const stays = (because: string) => {
    log.note('reload-failed', { because });
    say(`the old configuration stays: ${because}`);
  };
  if (typeof read === 'string') return stays(read);
  try {
    gateway.reload(read);
  } catch (fault) {
    return stays(fault instanceof Error ? fault.message : String(fault));
  }
  const later = restartOnly(config, read);
  log.note('reloaded', { later });
  say(
    `the new configuration is in force${later.length === 0 ? '' : `, but for ${later.join(', ')}: restart for that`}`,
  );
}

/** `stop` resolves when the gateway is to end: by SIGTERM, by Ctrl-C, or because `drain` was called. */
function stopping(aborted: AbortSignal): { readonly stop: Promise<void>; readonly drain: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  // For good: a second SIGTERM while sessions end must not cut them off.
  process.on('SIGTERM', () => resolve());
  aborted.addEventListener('abort', () => resolve(), { once: true });
  return { stop: promise, drain: resolve };
}
