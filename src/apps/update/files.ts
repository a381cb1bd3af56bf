import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { FEED_BYTES_MAX } from './read-feed.ts';

/** A file of a folder of feeds, or why it is not read. */
export interface FeedFile {
  readonly name: string;
  readonly bytes: Uint8Array | null;
  readonly why: string | null;
}

/** Names that may hold a feed; the rest of a folder is left alone. */
const FEED_FILE = /\.(?:json|csv)(?:\.gz)?$/;
/** Files that are read of one folder. */
const FILES_MAX = 5_000;

/** The feeds of a folder in the order of their names, or the one file. Throws if there is no such place. */
export function* feedFiles(path: string): Generator<FeedFile> {
  if (!statSync(path).isDirectory()) {
    yield feedFile(path);
    return;
  }
  const names = readdirSync(path, { withFileTypes: true }).filter(
    (entry) => entry.isFile() && FEED_FILE.test(entry.name),
  );
  for (const { name } of names.sort((a, b) => (a.name < b.name ? -1 : 1)).slice(0, FILES_MAX))
    yield feedFile(join(path, name));
}

function feedFile(path: string): FeedFile {
  const name = basename(path);
  try {
    const { size } = statSync(path);
    if (size > FEED_BYTES_MAX)
      return { name, bytes: null, why: `it has ${size} bytes; more than ${FEED_BYTES_MAX} are not taken` };
    return { name, bytes: readFileSync(path), why: null };
  } catch (fault) {
    return { name, bytes: null, why: `it cannot be read: ${(fault as Error).message}` };
  }
}
