import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { noteBytes, syncFolder, writeSafely } from './message-folder.ts';

/** A message of the folder as a list shows it. */
export interface KeptMessage {
  readonly id: string;
  /** What the file of the note holds; null if that is no JSON. */
  readonly note: unknown;
  /** The first bytes of the message. */
  readonly head: Buffer;
  /** Bytes of the message. */
  readonly size: number;
}

/**
 * A folder of messages for whoever looks after it, whether or not somebody keeps messages there at this moment. It may be another's, and a link
 * that he put there is no message: root would read and write what he may not.
 */
export interface KeptMessages {
  /** In no order. Rejects if the folder cannot be read; one that is absent is empty. */
  list(): AsyncGenerator<KeptMessage>;
  /** Null if there is no such message. */
  find(id: string): Promise<KeptMessage | null>;
  message(id: string): Promise<Buffer>;
  /** Puts another note in place of the old one, all or nothing. */
  change(id: string, note: object): Promise<void>;
  /** The note first: from then on the message is none of the folder. */
  remove(id: string): Promise<void>;
  /** Takes the message for this process alone; what is returned gives it back. Null if another process has it. */
  claim(id: string): Promise<(() => Promise<void>) | null>;
}

/** Bytes of a message that are read for a list: its header, as a rule. */
const HEAD = 16_384;
const ID = /^[\w-]{1,80}$/;

/** Opens the folder that `openMessageFolder` fills. */
export function keptMessages(path: string): KeptMessages {
  const fileOf = (id: string, kind: 'eml' | 'json' | 'lock') => join(path, `${id}.${kind}`);

  async function find(id: string): Promise<KeptMessage | null> {
    // An id is a name in this folder and no way out of it.
    if (!ID.test(id)) return null;
    const text = await contentOf(fileOf(id, 'json'));
    const message = await openOwn(fileOf(id, 'eml')).catch(unlessAbsent);
    if (text === null || message === null) {
      await message?.close();
      return null;
    }
    try {
      const { size } = await message.stat();
      const { buffer, bytesRead } = await message.read(Buffer.alloc(Math.min(HEAD, size)), 0, null, 0);
      return { id, note: jsonOf(text.toString()), head: buffer.subarray(0, bytesRead), size };
    } finally {
      await message.close();
    }
  }

  return {
    find,
    async *list() {
      const names = (await readdir(path).catch(unlessAbsent)) ?? [];
      for (const name of names.filter((one) => one.endsWith('.json'))) {
        const found = await find(name.slice(0, -'.json'.length));
        if (found !== null) yield found;
      }
    },
    async message(id) {
      const file = await openOwn(fileOf(id, 'eml'));
      return file.readFile().finally(() => file.close());
    },
    async change(id, note) {
      const file = fileOf(id, 'json');
      await writeSafely(file, [noteBytes(note)], await lstat(file));
      await syncFolder(path);
    },
    async remove(id) {
      await unlink(fileOf(id, 'json')).catch(unlessAbsent);
      await unlink(fileOf(id, 'eml')).catch(unlessAbsent);
      await syncFolder(path);
    },
    async claim(id) {
      const lock = fileOf(id, 'lock');
      const holder = Number((await contentOf(lock)) ?? 0);
      if (holder > 0 && !isAlive(holder)) await unlink(lock).catch(unlessAbsent);
      try {
        await writeFile(lock, `${process.pid}\n`, { flag: 'wx', mode: 0o600 });
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code === 'EEXIST') return null;
        throw fault;
      }
      return async () => void (await unlink(lock).catch(unlessAbsent));
    },
  };
}

/** Opens a file, and no link to one. */
function openOwn(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
}

/** Null if there is no such file. */
async function contentOf(path: string): Promise<Buffer | null> {
  const file = await openOwn(path).catch(unlessAbsent);
  return file === null ? null : file.readFile().finally(() => file.close());
}

function unlessAbsent(fault: NodeJS.ErrnoException): null {
  if (fault.code === 'ENOENT' || fault.code === 'ELOOP') return null;
  throw fault;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
