import { join } from 'node:path';
import type { Clock } from '../../net/clock.ts';
import type { EdgeConfig } from './config-schema.ts';
import { type Gateway, type Listening, openGateway } from './gateway.ts';
import { type EdgeLog, openLog } from './log.ts';

export interface DaemonSettings {
  readonly config: EdgeConfig;
  /** Reads the configuration anew; a text if it cannot be used. */
  readonly again: () => EdgeConfig | string;
  readonly data: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly ready: (listening: readonly Listening[]) => void;
  /** Tells the operator something in a sentence. */
  readonly say: (sentence: string) => void;
}

/** Runs the gateway until it is told to stop: SIGTERM and SIGINT drain, SIGHUP reloads. */
export async function runDaemon(settings: DaemonSettings): Promise<void> {
  const log = openLog(settings.config.log ?? join(settings.data, 'log', 'edge.ndjson'));
  const noted = (what: string, facts: Readonly<Record<string, unknown>>) => {
    log.note(what, facts);
    if (what === 'upstream')
      settings.say(`${facts['place']} is ${facts['state']}${facts['detail'] === '' ? '' : `: ${facts['detail']}`}`);
  };
  const stop = stopSignal(settings.signal);
  const gateway = await openGateway({
    config: settings.config,
    data: settings.data,
    clock: settings.clock,
    listen: (event) => log.event(event),
    noted,
    worker: 0,
  });
  const onHangUp = () => reload(gateway, settings, log.note);
  process.on('SIGHUP', onHangUp);
  settings.ready(gateway.listening);
  await stop;
  log.note('draining', {});
  await gateway.drain();
  process.off('SIGHUP', onHangUp);
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
