import { mkdirSync } from 'node:fs';
import { open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pino } from 'pino';
import type { EdgeEvent } from '../../edge/event.ts';
import type { LogSettings } from './config/settings/log.ts';
import { openLogWriter } from './log-writer.ts';

/** The gateway's log: one JSON object a line. */
export interface EdgeLog {
  event(event: EdgeEvent): void;
  note(what: string, facts: Readonly<Record<string, unknown>>): void;
  /** Lines that could be neither written nor held. The log tells how many, once there is room again. */
  readonly lost: number;
  /** Goes on in the file that has the name now: what SIGHUP means to a log. */
  reopen(): void;
  /** Writes what is held back, as far as that can be done soon. */
  close(): Promise<void>;
}

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
  const writer = await openLogWriter(path);
  const logger = pino(
    { base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' },
    { write: (line: string) => writer.write(harmless(line)) },
  );
  let file = await numberOf(path);
  let lost = 0;
  let looking = false;
  const reopen = async (): Promise<void> => {
    writer.reopen();
    file = await numberOf(path);
  };
  /** A disk that is slow to answer is asked one thing at a time, and nobody waits for it. */
  const look = async (): Promise<void> => {
    if (looking) return;
    looking = true;
    try {
      if (rotates && (await sizeOf(path)) > rotateAt) await rotate(path, keep);
      const now = await numberOf(path);
      if (now !== file || now === null) await reopen();
    } catch {
      // A folder that cannot be read, or a name that cannot be given: another second.
    }
    looking = false;
  };
  const timer = setInterval(() => {
    if (writer.lost > lost && !writer.crowded) {
      logger.info({ lines: writer.lost - lost }, 'lines-lost');
      lost = writer.lost;
    }
    writer.flush();
    void look();
  }, LOOK);
  timer.unref();
  return {
    event(event) {
      const { kind, ...facts } = plain(event);
      logger.info(facts, kind as string);
    },
    note: (what, facts) => logger.info(facts, what),
    get lost() {
      return writer.lost;
    },
    reopen: () => void reopen(),
    async close() {
      clearInterval(timer);
      await writer.close(LAST);
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
async function rotate(path: string, keep: number): Promise<void> {
  for (let age = keep - 1; age >= 0; age--) {
    const from = age === 0 ? path : `${path}.${age}`;
    if ((await sizeOf(from)) >= 0) await rename(from, `${path}.${age + 1}`);
  }
  // So that nobody who looks in between finds nothing.
  await (await open(path, 'a', 0o600)).close();
}

/** Bytes; -1 if there is no such file. */
async function sizeOf(path: string): Promise<number> {
  return (await factsOf(path))?.size ?? -1;
}

/** What tells a file from another that was given its name; null if there is none. */
async function numberOf(path: string): Promise<number | null> {
  return (await factsOf(path))?.ino ?? null;
}

const factsOf = (path: string) => stat(path).catch(() => null);

/** An event as the log has it: a hit as its rule and reason. */
function plain(event: EdgeEvent): Record<string, unknown> {
  if (event.kind === 'hit') {
    const { hit, ...rest } = event;
    return { ...rest, rule: hit.rule.id, because: hit.because };
  }
  if (event.kind === 'fault') return { ...event, rule: event.rule.id };
  return { ...event };
}
