import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Messages in a folder: `ID.eml` and beside it `ID.json`, which says what it is. */
export interface MessageFolder {
  /** Resolves when both files are safe on disk, or with `full` if the folder has no room for them. Rejects if the disk fails. */
  keep(id: string, note: object, message: readonly Uint8Array[]): Promise<'kept' | 'full'>;
}

export interface FolderBounds {
  /** Bytes of all files. */
  readonly most: number;
  /** Milliseconds after which a message is taken away. */
  readonly keep: number;
}

/** How often the folder is looked through: for its size, which other processes change too, and for what is too old. Milliseconds. */
const LOOK_EVERY = 60_000;

/** Opens a folder, which is made when the first message comes. `bounds` is asked each time, since it may change. */
export function openMessageFolder(path: string, bounds: () => FolderBounds, now: () => number): MessageFolder {
  let used = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;

  async function look(): Promise<void> {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const oldest = now() - bounds().keep;
    let sum = 0;
    for (const name of await readdir(path)) {
      const file = join(path, name);
      const facts = await stat(file).catch(() => null);
      if (facts === null) continue;
      if (facts.mtimeMs < oldest) await unlink(file).catch(() => undefined);
      else sum += facts.size;
    }
    used = sum;
  }

  return {
    async keep(id, note, message) {
      if (now() - lookedAt > LOOK_EVERY) {
        lookedAt = now();
        looking = look().finally(() => {
          looking = null;
        });
      }
      if (looking !== null) await looking;
      const json = Buffer.from(`${JSON.stringify(note, null, 1)}\n`);
      const size = message.reduce((sum, piece) => sum + piece.length, json.length);
      if (used + size > bounds().most) return 'full';
      used += size;
      await writeSafely(join(path, `${id}.eml`), message);
      // Last: a message without a note is one that nobody was told of.
      await writeSafely(join(path, `${id}.json`), [json]);
      const folder = await open(path, 'r');
      await folder.sync().finally(() => folder.close());
      return 'kept';
    },
  };
}

/** Writes a file beside its name, has the disk confirm it, and gives it the name. */
async function writeSafely(path: string, pieces: readonly Uint8Array[]): Promise<void> {
  const beside = `${path}.new`;
  const file = await open(beside, 'wx', 0o600);
  try {
    await file.writeFile(pieces);
    await file.sync();
    await rename(beside, path);
  } catch (fault) {
    await unlink(beside).catch(() => undefined);
    throw fault;
  } finally {
    await file.close();
  }
}
