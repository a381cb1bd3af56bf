import type { Records } from '../../store/records.ts';
import { openSqlite, StoreError } from '../../store/sqlite.ts';
import { CannotError, type Io } from './io.ts';

/** Opens the store, or says on stderr that nothing will be kept: a scan is worth printing even where it cannot be saved. */
export function openRecords(folder: string, wanted: boolean, io: Io): Records | null {
  if (!wanted) return null;
  try {
    return openSqlite(folder);
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    io.stderr.write(
      `mailward: scans are not kept: ${fault.message} (--data DIR names another folder, --no-save is silent)\n`,
    );
    return null;
  }
}

/** Opens the store for a command that is about what it holds. */
export function openRecordsOrFail(folder: string): Records {
  try {
    return openSqlite(folder);
  } catch (fault) {
    if (fault instanceof StoreError) throw new CannotError(fault.message, { cause: fault });
    throw fault;
  }
}
