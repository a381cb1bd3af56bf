import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Counters } from './counters.ts';
import { type HeldBucket, KEYS_MAX, leaked, makeRoom, pourInto } from './counters-memory.ts';
import { countersRoom, ROWS_MOST } from './counters-room.ts';
import { mustBeWhole, openMended } from './mended-database.ts';
import { sqliteTallies } from './tallies-sqlite.ts';
import { switchToWal } from './wal.ts';

/** A bucket as this process sees it: its level, and what it poured since the last exchange. */
interface Front extends HeldBucket {
  poured: number;
  perSecond: number;
}

interface Value {
  readonly text: string;
  readonly until: number;
}

/** A key that was looked for in the file and is not there need not be looked for again within this time. Milliseconds. */
const ABSENT = 1_000;
/** A lock of another process is waited for this long; it writes for a few milliseconds. */
const PATIENCE = 500;
/** Rows that have leaked or expired are swept out this often. Milliseconds. */
const SWEEP = 60_000;

/**
 * Counters in one SQLite file in `folder`, shared by all processes that open it and kept over restarts. What is poured or set is seen by
 * this process at once, and by the others after both have exchanged. A crash loses what was not exchanged, and that is counts of a second.
 */
export function sqliteCounters(
  folder: string,
  keysMax: number = KEYS_MAX,
  patience: number = PATIENCE,
  mended: (aside: string) => void = () => undefined,
  rowsMost: number = ROWS_MOST,
): Counters {
  const database = openOrSay(folder, patience, mended);
  let unread: Error | null = null;
  /** What stands under a key. A disk that cannot be read costs the memory of it, and is told at the next exchange. */
  const rowOf = (statement: StatementSync, key: string): unknown => {
    try {
      return statement.get(key);
    } catch (fault) {
      unread = fault as Error;
      return undefined;
    }
  };
  const tallies = sqliteTallies(database, keysMax, rowOf);
  const fronts = new Map<string, Front>();
  const values = new Map<string, Value>();
  const absent = new Map<string, number>();
  const dirtyFronts = new Set<string>();
  const dirtyValues = new Set<string>();
  /** What is settled once a transaction has gone through. */
  const written: (() => void)[] = [];
  let sweptAt = 0;
  let lastNow = 0;

  const readBucket = database.prepare('SELECT level, at FROM bucket WHERE key = ?');
  const addBucket = database.prepare(
    `INSERT INTO bucket (key, level, at, per_second) VALUES (:key, :poured, :now, :perSecond)
     ON CONFLICT (key) DO UPDATE SET
       level = max(0, level - max(0, :now - at) * :perSecond / 1000.0) + :poured,
       at = max(at, :now), per_second = :perSecond
     RETURNING level, at`,
  );
  const readValue = database.prepare('SELECT text, until FROM value WHERE key = ?');
  const setValue = database.prepare(
    `INSERT INTO value (key, text, until) VALUES (?, ?, ?)
     ON CONFLICT (key) DO UPDATE SET text = excluded.text, until = excluded.until`,
  );

  const sweepBuckets = database.prepare(
    'DELETE FROM bucket WHERE key IN (SELECT key FROM bucket WHERE level - (? - at) * per_second / 1000.0 <= 0 LIMIT 50000)',
  );
  const sweepValues = database.prepare(
    'DELETE FROM value WHERE key IN (SELECT key FROM value WHERE until <= ? LIMIT 50000)',
  );

  const makeRoomOnDisk = countersRoom(database, rowsMost);

  const front = (key: string, perSecond: number, now: number): Front => {
    const known = fronts.get(key);
    if (known !== undefined) return known;
    makeRoom(fronts, keysMax);
    const row = rowOf(readBucket, key) as { level: number; at: number } | undefined;
    const made: Front = { level: row?.level ?? 0, at: row?.at ?? now, poured: 0, perSecond };
    fronts.set(key, made);
    return made;
  };

  /** All that changed here, or nothing of it. */
  const write = (now: number): void => {
    if (dirtyFronts.size === 0 && dirtyValues.size === 0 && !tallies.dirty) return;
    database.exec('BEGIN IMMEDIATE');
    try {
      for (const key of dirtyFronts) {
        const held = fronts.get(key);
        if (held === undefined) continue;
        const { poured, perSecond } = held;
        const row = addBucket.get({ key, poured, now, perSecond }) as { level: number; at: number };
        written.push(() => Object.assign(held, { level: row.level, at: row.at, poured: 0 }));
      }
      for (const key of dirtyValues) {
        const value = values.get(key);
        if (value !== undefined) setValue.run(key, value.text, value.until);
      }
      written.push(...tallies.write(now));
      database.exec('COMMIT');
      for (const done of written) done();
      dirtyFronts.clear();
      dirtyValues.clear();
    } catch (fault) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw fault;
    } finally {
      written.length = 0;
    }
  };

  const exchange = (now: number): Error | null => {
    lastNow = now;
    try {
      write(now);
      if (now - sweptAt >= SWEEP) {
        sweptAt = now;
        sweepBuckets.run(now);
        tallies.sweep(now);
        sweepValues.run(now);
        makeRoomOnDisk(now);
      }
    } catch (fault) {
      return fault as Error;
    }
    // What others changed is read when it is asked for.
    for (const [key, held] of fronts)
      if (leaked(held, held.perSecond, now) === 0 || now - held.at > ABSENT) fronts.delete(key);
    tallies.forget(now);
    values.clear();
    absent.clear();
    const fault = unread;
    unread = null;
    return fault;
  };

  return {
    pour(key, drops, bucket, now) {
      lastNow = now;
      const held = front(key, bucket.perSecond, now);
      const before = leaked(held, bucket.perSecond, now);
      const told = pourInto(held, drops, bucket, now);
      held.perSecond = bucket.perSecond;
      held.poured += held.level - before;
      dirtyFronts.add(key);
      return told;
    },
    level: (key, { perSecond }, now) => leaked(front(key, perSecond, now), perSecond, now),
    tally: tallies.tally,
    set(key, text, until) {
      values.delete(key);
      makeRoom(values, keysMax);
      values.set(key, { text, until });
      dirtyValues.add(key);
      absent.delete(key);
    },
    get(key, now) {
      let value = values.get(key);
      if (value === undefined) {
        if ((absent.get(key) ?? Number.NEGATIVE_INFINITY) > now - ABSENT) return undefined;
        value = rowOf(readValue, key) as Value | undefined;
        if (value === undefined) {
          makeRoom(absent, keysMax);
          absent.set(key, now);
          return undefined;
        }
        makeRoom(values, keysMax);
        values.set(key, value);
      }
      return value.until > now ? value.text : undefined;
    },
    exchange,
    close() {
      exchange(lastNow);
      database.close();
    },
  };
}

function openOrSay(folder: string, patience: number, mended: (aside: string) => void): DatabaseSync {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, 'counters.sqlite');
    return openMended(path, () => open(path, patience), mended);
  } catch (fault) {
    const { code, message } = fault as NodeJS.ErrnoException;
    throw Object.assign(new Error(`no counters can be kept in ${folder}: ${message}`, { cause: fault }), { code });
  }
}

function open(path: string, patience: number): DatabaseSync {
  const database = new DatabaseSync(path);
  try {
    database.exec(`PRAGMA busy_timeout = ${patience}`);
    switchToWal(database);
    mustBeWhole(database);
    prepare(database);
    return database;
  } catch (fault) {
    database.close();
    throw fault;
  }
}

function prepare(database: DatabaseSync): void {
  // Counts need not survive a power cut, so nothing waits for the disk.
  database.exec(`
    PRAGMA synchronous = OFF;
    CREATE TABLE IF NOT EXISTS bucket (
      key TEXT PRIMARY KEY, level REAL NOT NULL, at REAL NOT NULL, per_second REAL NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS value (key TEXT PRIMARY KEY, text TEXT NOT NULL, until REAL NOT NULL) STRICT, WITHOUT ROWID;
  `);
}
