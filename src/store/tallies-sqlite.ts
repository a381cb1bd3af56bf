import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { addTo, type HeldBucket, halved, makeRoom } from './counters-memory.ts';

/** A count as this process sees it, and what it added since the last exchange. */
interface Front extends HeldBucket {
  added: number;
  halfLife: number;
}

/** The counts of a shared database that are forgotten by halves. */
export interface SqliteTallies {
  tally(key: string, add: number, halfLife: number, now: number): number;
  readonly dirty: boolean;
  /** Adds what this process added to what the others did; inside a transaction. What it returns is done once that has gone through. */
  write(now: number): (() => void)[];
  /** Reads anew, when it is asked for, what others may have changed. */
  forget(now: number): void;
  /** Takes out what nobody remembers any more. */
  sweep(now: number): void;
}

/** What a process read is believed for this long. Milliseconds. */
const BELIEVED = 1_000;
/** Less than this is nothing. */
const NOTHING = 0.01;

/** `rowOf` reads one row, and undefined where it cannot. */
export function sqliteTallies(
  database: DatabaseSync,
  keysMax: number,
  rowOf: (statement: StatementSync, key: string) => unknown,
): SqliteTallies {
  database.exec(
    'CREATE TABLE IF NOT EXISTS tally (key TEXT PRIMARY KEY, level REAL NOT NULL, at REAL NOT NULL, half_life REAL NOT NULL) STRICT, WITHOUT ROWID',
  );
  const fronts = new Map<string, Front>();
  const readAt = new Map<string, number>();
  const dirty = new Set<string>();
  const read = database.prepare('SELECT level, at FROM tally WHERE key = ?');
  const add = database.prepare(
    `INSERT INTO tally (key, level, at, half_life) VALUES (:key, :added, :now, :halfLife)
     ON CONFLICT (key) DO UPDATE SET
       level = level * pow(2, -max(0, :now - at) / :halfLife) + :added, at = max(at, :now), half_life = :halfLife
     RETURNING level, at`,
  );
  const swept = database.prepare(
    'DELETE FROM tally WHERE key IN (SELECT key FROM tally WHERE level * pow(2, -max(0, ? - at) / half_life) < ? LIMIT 50000)',
  );

  const front = (key: string, halfLife: number, now: number): Front => {
    const known = fronts.get(key);
    if (known !== undefined) return known;
    makeRoom(fronts, keysMax);
    makeRoom(readAt, keysMax);
    const row = rowOf(read, key) as { level: number; at: number } | undefined;
    const made: Front = { level: row?.level ?? 0, at: row?.at ?? now, added: 0, halfLife };
    fronts.set(key, made);
    readAt.set(key, now);
    return made;
  };

  return {
    tally(key, amount, halfLife, now) {
      const held = front(key, halfLife, now);
      if (amount === 0) return halved(held, halfLife, now);
      held.added += amount;
      held.halfLife = halfLife;
      dirty.add(key);
      return addTo(held, amount, halfLife, now);
    },
    get dirty() {
      return dirty.size > 0;
    },
    write(now) {
      const settled: (() => void)[] = [() => dirty.clear()];
      for (const key of dirty) {
        const held = fronts.get(key);
        if (held === undefined) continue;
        const { added, halfLife } = held;
        const row = add.get({ key, added, now, halfLife }) as { level: number; at: number };
        settled.push(() => Object.assign(held, { level: row.level, at: row.at, added: 0 }));
      }
      return settled;
    },
    forget(now) {
      for (const [key, at] of readAt) {
        if (now - at <= BELIEVED || dirty.has(key)) continue;
        readAt.delete(key);
        fronts.delete(key);
      }
    },
    sweep: (now) => void swept.run(now, NOTHING),
  };
}
