/** One step of the schema. Steps go forward only and are never changed once released. */
export interface Migration {
  readonly version: number;
  readonly sql: string;
}

/** Every step, oldest first. A new one is one entry at the end. */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE scan (
        id INTEGER PRIMARY KEY,
        target TEXT NOT NULL,
        depth TEXT NOT NULL,
        started_at TEXT NOT NULL,
        finished_at TEXT NOT NULL,
        grade TEXT NOT NULL,
        dossier TEXT NOT NULL,
        report TEXT NOT NULL
      ) STRICT;
      CREATE INDEX scan_by_target ON scan (target, id);
    `,
  },
];
