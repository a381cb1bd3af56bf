import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Messages in a folder: `ID.eml` and beside it `ID.json`, which says what it is. Who looks after it reads by `kept-messages.ts`. */
export interface MessageFolder {
  /**
   * Resolves when both files are safe on disk, or with `full` if the folder, or its disk, has no room for them: then nothing of it is left.
   * Rejects if the disk fails.
   */
  keep(id: string, note: object, message: readonly Uint8Array[]): Promise<'kept' | 'full'>;
  /** Takes away what is too old. Never rejects: a folder that cannot be read today is looked at another time. */
  tidy(): Promise<void>;
}

export interface FolderBounds {
  /** Bytes of all files. */
  readonly most: number;
  /** Milliseconds after which a message is taken away. */
  readonly keep: number;
}

export interface FolderSettings {
  /** Asked each time, since they may change. */
  readonly bounds: () => FolderBounds;
  readonly now: () => number;
  /** Told of each message that was taken away for its age. */
  readonly aged: (id: string) => void;
}

/** How often the folder is looked through: for its size, which other processes change too, and for what is too old. Milliseconds. */
const LOOK_EVERY = 60_000;
/** The same while it is full. Milliseconds. */
const LOOK_WHEN_FULL = 1_000;
/** A folder of very many messages is looked through for no more than one part in so many of the time. */
const LOOKING_MOST = 20;
/** What is not whole after so long was never acknowledged: the process or the machine ended while it was written. Milliseconds. */
const UNFINISHED = 3_600_000;
/** What a disk says that has no room: for this one, or for this user. */
const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Opens a folder, which is made when the first message comes. */
export function openMessageFolder(path: string, { bounds, now, aged }: FolderSettings): MessageFolder {
  let used = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let looking: Promise<void> | null = null;
  let took = 0;

  async function look(): Promise<void> {
    const oldest = now() - bounds().keep;
    const names = new Set(await readdir(path));
    let sum = 0;
    for (const name of names) {
      const file = join(path, name);
      const facts = await stat(file).catch(() => null);
      if (facts === null) continue;
      const whole = name.endsWith('.json') || (name.endsWith('.eml') && names.has(name.replace(/eml$/, 'json')));
      if (facts.mtimeMs >= oldest && (whole || facts.mtimeMs >= now() - UNFINISHED)) sum += facts.size;
      else if ((await removed(file)) && name.endsWith('.json')) aged(name.slice(0, -'.json'.length));
    }
    used = sum;
  }

  /** Looks through the folder if that was not done for so long, and waits for whoever does. */
  async function lookAfter(milliseconds: number): Promise<void> {
    if (now() - lookedAt > Math.max(milliseconds, LOOKING_MOST * took)) {
      const began = now();
      lookedAt = began;
      looking = mkdir(path, { recursive: true, mode: 0o700 })
        .then(look)
        .finally(() => {
          took = now() - began;
          looking = null;
        });
    }
    if (looking !== null) await looking;
  }

  return {
    async keep(id, note, message) {
      const json = noteBytes(note);
      const size = message.reduce((sum, piece) => sum + piece.length, json.length);
      await lookAfter(LOOK_EVERY);
      // Somebody may just have made room.
      if (used + size > bounds().most) await lookAfter(LOOK_WHEN_FULL);
      if (used + size > bounds().most) return 'full';
      used += size;
      const whole = join(path, `${id}.eml`);
      try {
        await writeSafely(whole, message);
        try {
          // Last: a message without a note is one that nobody was told of.
          await writeSafely(join(path, `${id}.json`), [json]);
          await syncFolder(path);
        } catch (fault) {
          await removed(whole);
          await removed(join(path, `${id}.json`));
          throw fault;
        }
      } catch (fault) {
        used -= size;
        // The folder may have gone: the next message looks, and makes it.
        lookedAt = Number.NEGATIVE_INFINITY;
        if (NO_ROOM.has((fault as NodeJS.ErrnoException).code ?? '')) return 'full';
        throw fault;
      }
      return 'kept';
    },
    tidy: () => look().catch(() => undefined),
  };
}

/** A note as its file has it. */
export function noteBytes(note: object): Buffer {
  return Buffer.from(`${JSON.stringify(note, null, 1)}\n`);
}

/**
 * Writes a file beside its name, has the disk confirm it, and gives it the name. `over`: whose file it replaces, and stays, also where root does
 * it. No link is followed: whose folder it is may have put one there.
 */
export async function writeSafely(
  path: string,
  pieces: readonly Uint8Array[],
  over?: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const beside = `${path}.new`;
  if (over !== undefined) await removed(beside);
  const file = await open(beside, 'wx', 0o600);
  try {
    if (over !== undefined && process.getuid?.() === 0) await file.chown(over.uid, over.gid);
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

/** Has the disk confirm which names there are. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** True if the file was there and has gone by our hand. */
async function removed(file: string): Promise<boolean> {
  return unlink(file).then(
    () => true,
    () => false,
  );
}
