import type { DatabaseSync } from 'node:sqlite';

/**
 * Rows of one kind that are kept on disk, some 25 MB: whoever has many addresses and names to show must not fill the disk with them, nor make a
 * sweep long, during which no session is served.
 */
export const ROWS_MOST = 200_000;
/** Taken out at once, so that a session waits no longer than for one sweep. */
const AT_ONCE = 50_000;

/** What goes first where there is too much of a kind: what would have been forgotten first, or says least. */
const LEAST: Readonly<Record<string, string>> = {
  value: 'until',
  bucket: 'level - (:now - at) * per_second / 1000.0',
  tally: 'level * pow(2, -max(0, :now - at) / half_life)',
};

/** Keeps the tables of counters in bounds; to be called about once a minute. */
export function countersRoom(database: DatabaseSync, rowsMost: number = ROWS_MOST): (now: number) => void {
  const tables = Object.entries(LEAST).map(([table, order]) => ({
    count: database.prepare(`SELECT count(*) AS rows FROM ${table}`),
    // `:now` stands where an order does not ask for it, too.
    clear: database.prepare(
      `DELETE FROM ${table} WHERE key IN (SELECT key FROM ${table} WHERE :now IS NOT NULL ORDER BY ${order} LIMIT :many)`,
    ),
  }));
  return (now) => {
    for (const { count, clear } of tables) {
      const over = Number((count.get() as { rows: number }).rows) - rowsMost;
      if (over > 0) clear.run({ now, many: Math.min(AT_ONCE, over) });
    }
  };
}
