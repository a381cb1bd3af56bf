import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { testRecords } from './contract.ts';
import { openSqlite, StoreError } from './sqlite.ts';

testRecords('sqlite', async () => openSqlite(':memory:'));

const scan = {
  target: 'a.example',
  depth: 'polite',
  startedAt: '2026-11-25T08:00:00.000Z',
  finishedAt: '2026-11-25T08:00:01.000Z',
  grade: 'A',
  dossier: {},
  report: {},
};

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'mailward-store-'));
  try {
    await body(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('a folder that does not exist is made, and holds the scans of an earlier run', () =>
  inFolder(async (folder) => {
    const first = openSqlite(join(folder, 'new', 'state'));
    const id = await first.addScan(scan);
    await first.close();
    const second = openSqlite(join(folder, 'new', 'state'));
    assert.equal((await second.scan(id))?.target, 'a.example');
    await second.close();
  }));

test('two processes may hold the same folder', () =>
  inFolder(async (folder) => {
    const one = openSqlite(folder);
    const two = openSqlite(folder);
    await one.addScan(scan);
    await two.addScan(scan);
    assert.equal((await one.listScans({ limit: 9 })).length, 2);
    await one.close();
    await two.close();
  }));

test('data of a newer version is refused and left alone', () =>
  inFolder(async (folder) => {
    const database = new DatabaseSync(join(folder, 'mailward.sqlite'));
    database.exec('PRAGMA user_version = 999');
    database.close();
    assert.throws(
      () => openSqlite(folder),
      (fault) => fault instanceof StoreError && /newer mailward/.test(fault.message),
    );
  }));

test('a file that is no database is named', () =>
  inFolder(async (folder) => {
    await writeFile(join(folder, 'mailward.sqlite'), 'not a database, but long enough to look at'.repeat(40));
    assert.throws(
      () => openSqlite(folder),
      (fault) => fault instanceof StoreError && fault.message.includes(folder),
    );
  }));
