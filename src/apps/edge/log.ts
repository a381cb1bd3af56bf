import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { pino } from 'pino';
import type { EdgeEvent } from '../../edge/event.ts';
import { showMailbox } from '../../wire/smtp/path.ts';

/** The gateway's log: one JSON object a line. */
export interface EdgeLog {
  event(event: EdgeEvent): void;
  note(what: string, facts: Readonly<Record<string, unknown>>): void;
  /** Writes what is held back. */
  close(): void;
}

/** Bytes held back before they are written; a timer writes them every second anyway. */
const HELD = 8_192;

/** Opens the log in a file, which is added to. Several processes may write to the same one: every write is whole lines. */
export function openLog(path: string): EdgeLog {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const destination = pino.destination({ dest: path, append: true, sync: false, minLength: HELD, mode: 0o600 });
  const logger = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' }, destination);
  const timer = setInterval(() => destination.flush(), 1_000);
  timer.unref();
  return {
    event(event) {
      const { kind, ...facts } = plain(event);
      logger.info(facts, kind as string);
    },
    note: (what, facts) => logger.info(facts, what),
    close() {
      clearInterval(timer);
      destination.flushSync();
    },
  };
}

/** An event as the log has it: addresses as text, a hit as its rule and reason. */
function plain(event: EdgeEvent): Record<string, unknown> {
  if (event.kind === 'message')
    return { ...event, recipients: event.recipients.map(({ mailbox }) => showMailbox(mailbox)) };
  if (event.kind === 'hit') {
    const { hit, ...rest } = event;
    return { ...rest, rule: hit.rule.id, because: hit.because };
  }
  if (event.kind === 'fault') return { ...event, rule: event.rule.id };
  return { ...event };
}
