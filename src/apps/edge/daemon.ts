import cluster from 'node:cluster';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Clock } from '../../net/clock.ts';
import type { EdgeConfig } from './config-schema.ts';
import { type Gateway, type Listening, openGateway } from './gateway.ts';
import { lead } from './leader.ts';
import { type EdgeLog, openLog } from './log.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { becomeUser, giveTo } from './privileges.ts';

export interface DaemonSettings {
  readonly config: EdgeConfig;
  /** Reads the configuration anew; a text if it cannot be used. */
  readonly again: () => EdgeConfig | string;
  readonly data: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly workers: number;
  readonly ready: (listening: readonly Listening[]) => void;
  /** Tells the operator something in a sentence. */
  readonly say: (sentence: string) => void;
}

/** Runs the gateway until it is told to stop: SIGTERM and SIGINT drain, SIGHUP reloads. */
export async function runDaemon(settings: DaemonSettings): Promise<void> {
  const stop = stopSignal(settings.signal);
  if (cluster.isWorker) return runWorker(settings, stop);
  if (settings.workers === 1) return runAlone(settings, stop);
  const { config, clock, say, ready, workers } = settings;
  const leading = await lead({ workers, clock, stop, say, ready, patience: config.drain });
  const onHangUp = () => {
    const read = settings.again();
    if (typeof read === 'string') say(`the old configuration stays: ${read}`);
    else leading.signal('SIGHUP');
  };
  process.on('SIGHUP', onHangUp);
  if (config.user !== undefined) becomeUser(config.user);
  await leading.ended;
  process.off('SIGHUP', onHangUp);
}

/** A gateway in the process of the command. */
async function runAlone(settings: DaemonSettings, stop: Promise<void>): Promise<void> {
  const { gateway, log } = await open(settings, 0, undefined);
  settings.ready(gateway.listening);
  await stop;
  await end(gateway, log);
}

/** One gateway of several. What leads it has gone, too, when the channel to it closes. */
async function runWorker(settings: DaemonSettings, stop: Promise<void>): Promise<void> {
  const tell = (message: FromWorker) => process.send?.(message);
  const [told] = (await once(process, 'message')) as [ToWorker];
  const slot = Number(process.env['MAILWARD_EDGE_WORKER']);
  try {
    const { gateway, log } = await open(settings, slot, Buffer.from(told.ticketKeys, 'hex'));
    tell({ kind: 'listening', listening: gateway.listening });
    await Promise.race([stop, once(process, 'disconnect')]);
    await end(gateway, log);
  } catch (fault) {
    tell({ kind: 'failed', because: fault instanceof Error ? fault.message : String(fault) });
  }
  if (process.connected) process.disconnect();
}

async function open(
  settings: DaemonSettings,
  slot: number,
  ticketKeys: Buffer | undefined,
): Promise<{ readonly gateway: Gateway; readonly log: EdgeLog }> {
  const { config, data, clock } = settings;
  // What several processes see alike is told by one of them.
  const say = slot <= 1 ? settings.say : () => undefined;
  const log = await openLog(config.log.file ?? join(data, 'log', 'edge.ndjson'), config.log, slot <= 1);
  const gateway = await openGateway({
    config,
    data,
    clock,
    ticketKeys,
    worker: slot,
    listen: (event) => log.event(event),
    noted(what, facts) {
      log.note(what, facts);
      if (what === 'upstream')
        say(`${facts['place']} is ${facts['state']}${facts['detail'] === '' ? '' : `: ${facts['detail']}`}`);
    },
  });
  if (config.user !== undefined) {
    giveTo(config.user, data);
    becomeUser(config.user);
  }
  process.on('SIGHUP', () => {
    log.reopen();
    reload(gateway, { ...settings, say }, log.note);
  });
  return { gateway, log };
}

async function end(gateway: Gateway, log: EdgeLog): Promise<void> {
  log.note('draining', {});
  await gateway.drain();
  process.removeAllListeners('SIGHUP');
  log.close();
}

function reload(gateway: Gateway, { again, say }: DaemonSettings, note: EdgeLog['note']): void {
  const config = again();
  if (typeof config === 'string') {
    note('reload-failed', { because: config });
    return say(`the old configuration stays: ${config}`);
  }
  try {
    gateway.reload(config);
    note('reloaded', {});
    say('the new configuration is in force');
  } catch (fault) {
    const because = fault instanceof Error ? fault.message : String(fault);
    note('reload-failed', { because });
    say(`the old configuration stays: ${because}`);
  }
}

function stopSignal(aborted: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    // For good: a second SIGTERM while sessions end must not cut them off.
    process.on('SIGTERM', () => resolve());
    aborted.addEventListener('abort', () => resolve(), { once: true });
  });
}
