import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { migrations } from './migrations/index.ts';
import type { NewScan, Records, ScanSummary, StoredScan } from './records.ts';
import { switchToWal } from './wal.ts';

/** The database was written by a newer mailward, or is no database of mailward. */
export class StoreError extends Error {}

const SUMMARY = 'id, target, depth, started_at AS startedAt, finished_at AS finishedAt, grade';
const WHOLE = `${SUMMARY}, dossier, report`;

/**
 * Records in one SQLite file in `folder`, which is made if it is absent; `:memory:` keeps them in memory.
 * Write-ahead log with full synchronisation: a scan that was added survives a power cut.
 */
export function openSqlite(folder: string): Records {
  const database = open(folder);
  const prepared = new Map<string, StatementSync>();
  const sql = (text: string): StatementSync => {
    const known = prepared.get(text) ?? database.prepare(text);
    prepared.set(text, known);
    return known;
  };

  return {
    async addScan(scan: NewScan) {
      const added = sql(
        'INSERT INTO scan (target, depth, started_at, finished_at, grade, dossier, report) VALUES (?, ?, ?, ?, ?, ?, ?)',
      ).run(
        scan.target,
        scan.depth,
        scan.startedAt,
        scan.finishedAt,
        scan.grade,
        JSON.stringify(scan.dossier),
        JSON.stringify(scan.report),
      );
      return Number(added.lastInsertRowid);
    },

    async scan(id) {
      return whole(sql(`SELECT ${WHOLE} FROM scan WHERE id = ?`).get(id));
    },

    async lastScan(target, before = Number.MAX_SAFE_INTEGER) {
      return whole(
        sql(`SELECT ${WHOLE} FROM scan WHERE target = ? AND id < ? ORDER BY id DESC LIMIT 1`).get(target, before),
      );
    },

    async listScans({ target, limit }) {
      const rows =
        target === undefined
          ? sql(`SELECT ${SUMMARY} FROM scan ORDER BY id DESC LIMIT ?`).all(limit)
          : sql(`SELECT ${SUMMARY} FROM scan WHERE target = ? ORDER BY id DESC LIMIT ?`).all(target, limit);
      return rows as unknown as ScanSummary[];
    },

    async *latestScans() {
      const ids = sql('SELECT max(id) AS id FROM scan GROUP BY target ORDER BY target').all();
      for (const row of ids) {
        const scan = whole(sql(`SELECT ${WHOLE} FROM scan WHERE id = ?`).get(row['id'] as number));
        if (scan !== undefined) yield scan;
      }
    },

    async setReport(id, report, grade) {
      sql('UPDATE scan SET report = ?, grade = ? WHERE id = ?').run(JSON.stringify(report), grade, id);
    },

    async close() {
      database.close();
    },
  };
}

function open(folder: string): DatabaseSync {
  if (folder !== ':memory:') mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = folder === ':memory:' ? folder : join(folder, 'mailward.sqlite');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path);
    database.exec('PRAGMA busy_timeout = 5000; PRAGMA synchronous = FULL;');
    switchToWal(database);
    migrate(database);
    return database;
  } catch (fault) {
    database?.close();
    if (fault instanceof StoreError) throw fault;
    const why = fault instanceof Error ? fault.message : String(fault);
    throw new StoreError(`${path} cannot be opened: ${why}`, { cause: fault });
  }
}

/** Brings the schema to the newest version, all or nothing; two processes that start at once do it once. */
function migrate(database: DatabaseSync): void {
  const newest = migrations.at(-1)?.version ?? 0;
  database.exec('BEGIN IMMEDIATE');
  try {
    const at = database.prepare('PRAGMA user_version').get()?.['user_version'] as number;
    if (at > newest)
      throw new StoreError(`the data was written by a newer mailward (schema ${at}, this one knows ${newest})`);
    for (const step of migrations) if (step.version > at) database.exec(step.sql);
    database.exec(`PRAGMA user_version = ${newest}`);
    database.exec('COMMIT');
  } catch (fault) {
    database.exec('ROLLBACK');
    throw fault;
  }
}

function whole(row: Record<string, unknown> | undefined): StoredScan | undefined {
  if (row === undefined) return undefined;
  return {
    ...(row as unknown as StoredScan),
    dossier: JSON.parse(row['dossier'] as string),
    report: JSON.parse(row['report'] as string),
  };
}
