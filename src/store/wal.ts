import type { DatabaseSync } from 'node:sqlite';

/** SQLITE_BUSY. */
const BUSY = 5;
/** Tries of a switch, and milliseconds between two of them. */
const TRIES = 200;
const PAUSE = 10;

/**
 * Has a database write ahead. Of several processes that switch a new file at once, SQLite turns some away without waiting, whatever
 * `busy_timeout` says: they try again, for two seconds in all. Throws if the lock is held for longer.
 */
export function switchToWal(database: DatabaseSync): void {
  for (let left = TRIES; ; left--) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (fault) {
      if (left === 0 || (fault as { readonly errcode?: number }).errcode !== BUSY) throw fault;
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE);
  }
}
