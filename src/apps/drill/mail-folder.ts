import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mailbox } from '../../drill/mailbox.ts';

/** Messages looked into, and folders below the given one: a Maildir has `new` and `cur`, a mail store one Maildir a user. */
const MESSAGES_MOST = 5_000;
const DEPTH_MOST = 5;
const MESSAGE_MOST = 16 * 1_048_576;

/**
 * A folder in which mail arrives, one message a file (Maildir, or plain files). Only files that are no older than `since` (milliseconds since the
 * epoch) are looked into; a file that goes away meanwhile is no fault.
 */
export function mailFolder(folder: string, since: number): Mailbox {
  return {
    async holding(token) {
      const found: Buffer[] = [];
      for await (const path of files(folder, since)) {
        const message = await readFile(path).catch(() => null);
        if (message !== null && message.length <= MESSAGE_MOST && message.includes(token)) found.push(message);
      }
      return found;
    },
  };
}

async function* files(folder: string, since: number, depth = 0): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  let left = MESSAGES_MOST;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && depth < DEPTH_MOST && entry.name !== 'tmp') yield* files(path, since, depth + 1);
    if (!entry.isFile() || left === 0) continue;
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: 0 }));
    if (mtimeMs < since) continue;
    left -= 1;
    yield path;
  }
}
