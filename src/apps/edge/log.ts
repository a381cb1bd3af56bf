import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import type { EdgeEvent } from '../../edge/event.ts';
import type { LogSettings } from './settings/log.ts';

/** The gateway's log: one JSON object a line. */
export interface EdgeLog {
  event(event: EdgeEvent): void;
  note(what: string, facts: Readonly<Record<string, unknown>>): void;
  /** Writes what is held back and goes on in the file that has the name now: what SIGHUP means to a log. */
  reopen(): void;
  /** Writes what is held back, as far as that can be done soon. */
  close(): Promise<void>;
}

/** Bytes held back before they are written; a timer writes them every second anyway. */
const HELD = 8_192;
/** Bytes held back where nothing can be written, such as on a full disk; what comes then is lost. */
const MOST = 16_777_216;
/** Milliseconds that the last lines may take to be written. */
const LAST = 2_000;
/** Milliseconds between two looks at the file. */
const LOOK = 1_000;

/**
 * Opens the log in a file, which is added to. Several processes may write to the same one: every write is whole lines. `rotates` is set for
 * one of them: it renames a file that has grown too large, and the others, as after any other rename, find out and open the new one. Rejects
 * if the file cannot be written.
 */
export async function openLog(
  path: string,
  { rotateAt, keep }: Omit<LogSettings, 'file'>,
  rotates: boolean,
): Promise<EdgeLog> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const destination = pino.destination({
    dest: path,
    append: true,
    sync: false,
    minLength: HELD,
    maxLength: MOST,
    mode: 0o600,
  });
  await once(destination, 'ready');
  // A disk that is full costs lines of the log, not the gateway.
  destination.on('error', () => undefined);
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    { write: (line: string) => void destination.write(harmless(line)) },
  );
  let file = numberOf(path);
  const reopen = (): void => {
    destination.reopen();
    file = numberOf(path);
  };
  const timer = setInterval(() => {
    destination.flush();
    if (rotates && sizeOf(path) > rotateAt) rotate(path, keep);
    const now = numberOf(path);
    if (now !== file || now === null) reopen();
  }, LOOK);
  timer.unref();
  return {
    event(event) {
      const { kind, ...facts } = plain(event);
      logger.info(facts, kind as string);
    },
    note: (what, facts) => logger.info(facts, what),
    reopen,
    async close() {
      clearInterval(timer);
      destination.end();
      // Not `flushSync`: it tries for ever where nothing can be written, and a full disk would keep the gateway from ending.
      await once(destination, 'close', { signal: AbortSignal.timeout(LAST) }).catch(() => undefined);
      destination.destroy();
    },
  };
}

/** What a terminal or a viewer would obey or hide, beyond the controls that JSON escapes anyway: C1, marks of direction, zero widths. */
const OBEYED = /[\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A line of JSON in which nothing that a stranger wrote acts on who reads it; the values it stands for are the same. */
export function harmless(line: string): string {
  return line.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `log` becomes `log.1`, `log.1` becomes `log.2`; the oldest of `keep` is overwritten. */
function rotate(path: string, keep: number): void {
  for (let age = keep - 1; age >= 0; age--) {
    const from = age === 0 ? path : `${path}.${age}`;
    if (sizeOf(from) >= 0) renameSync(from, `${path}.${age + 1}`);
  }
  // So that nobody who looks in between finds nothing.
  closeSync(openSync(path, 'a', 0o600));
}

/** Bytes; -1 if there is no such file. */
function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? -1;
}

/** What tells a file from another that was given its name; null if there is none. */
function numberOf(path: string): number | null {
  return statSync(path, { throwIfNoEntry: false })?.ino ?? null;
}

/** An event as the log has it: a hit as its rule and reason. */
function plain(event: EdgeEvent): Record<string, unknown> {
  if (event.kind === 'hit') {
    const { hit, ...rest } = event;
    return { ...rest, rule: hit.rule.id, because: hit.because };
  }
  if (event.kind === 'fault') return { ...event, rule: event.rule.id };
  return { ...event };
}
