import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';

const RETRY_MS = 100;

/**
 * Runs `body` while no other process or test of this machine holds `file`. The kernel drops the lock with the process that holds it,
 * so a killed test run leaves nothing to clear away. Throws if the lock is not had within `patienceMs`.
 */
export async function withLock<T>(file: string, patienceMs: number, body: () => Promise<T>): Promise<T> {
  const database = new DatabaseSync(file, { timeout: 0 });
  try {
    await take(database, file, performance.now() + patienceMs);
    return await body();
  } finally {
    database.close();
  }
}

async function take(database: DatabaseSync, file: string, until: number): Promise<void> {
  for (;;) {
    try {
      database.exec('BEGIN EXCLUSIVE');
      return;
    } catch (cause) {
      if (performance.now() > until) throw new Error(`${file} is held by another process`, { cause });
    }
    await wait(RETRY_MS);
  }
}
