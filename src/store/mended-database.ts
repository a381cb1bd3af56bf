import { mkdirSync, renameSync, rmSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

/** Result codes of SQLite for a file that is damaged (SQLITE_CORRUPT), or is no database (SQLITE_NOTADB). */
const DAMAGED = new Set([11, 26]);
/** Milliseconds that another process may take to mend; who needs longer has died at it. */
const PATIENCE = 2_000;
const STEP = 20;

/**
 * Opens a database whose loss costs little, such as that of counters: one that is damaged is put aside as `FILE.damaged` and begun anew, by one
 * process of those that find it so at the same time. `open` must throw for a damaged file; other faults are its caller's. `told` hears of it.
 */
export function openMended(path: string, open: () => DatabaseSync, told: (aside: string) => void): DatabaseSync {
  const opened = tried(open);
  if (opened !== null) return opened;
  const lock = `${path}.mending`;
  for (let waited = 0; !isMade(lock) && waited < PATIENCE; waited += STEP) sleep(STEP);
  try {
    // Somebody else may have done it meanwhile.
    const again = tried(open);
    if (again !== null) return again;
    const aside = `${path}.damaged`;
    renameSync(path, aside);
    for (const rest of ['-wal', '-shm']) rmSync(`${path}${rest}`, { force: true });
    told(aside);
    return open();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

/** Throws if the pages of the database do not hang together. */
export function mustBeWhole(database: DatabaseSync): void {
  const found = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  if (found !== 'ok') throw Object.assign(new Error(`the database is damaged: ${String(found)}`), { errcode: 11 });
}

/** Null if the file is damaged. */
function tried(open: () => DatabaseSync): DatabaseSync | null {
  try {
    return open();
  } catch (fault) {
    if (!DAMAGED.has(Number((fault as { errcode?: unknown }).errcode) & 0xff)) throw fault;
    return null;
  }
}

function isMade(folder: string): boolean {
  try {
    mkdirSync(folder);
    return true;
  } catch {
    return false;
  }
}

/** At a start, before anything is served. */
function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
