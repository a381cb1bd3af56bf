import { createReadStream, readFileSync, statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beginsCompoundFile } from './compound-file.ts';
import { beginsMbox, MESSAGE_LIMIT, splitMbox } from './mbox.ts';

/** One message and where it was found: a path, with `#n` behind it for the n-th message of a mailbox, or `-`. */
export interface FoundMessage {
  readonly file: string;
  readonly bytes: Buffer;
}

/** What could not be read, and why: the others are read all the same. */
export interface Unreadable {
  readonly file: string;
  readonly fault: Error;
}

const START = 2048;
/** Files up to this size are read at once: for one message that costs a tenth of a stream. */
const SMALL = 1024 * 1024;

/**
 * Yields the messages of files (Outlook's .msg too), folders (also Maildirs), mailboxes and `-` for stdin, in order: folders by name, mailboxes message by message.
 * Memory holds one message, whatever the size of a mailbox.
 */
export async function* messagesIn(
  paths: readonly string[],
  stdin: Readable,
): AsyncGenerator<FoundMessage | Unreadable> {
  for (const path of paths) {
    if (path === '-') yield* fromStream(stdin, '-');
    else yield* fromPath(path);
  }
}

async function* fromPath(path: string): AsyncGenerator<FoundMessage | Unreadable> {
  try {
    const about = statSync(path);
    if (about.isDirectory()) yield* fromFolder(path);
    else if (about.isFile() && about.size <= SMALL) {
      const bytes = readFileSync(path);
      if (beginsMbox(bytes)) yield* fromStream(Readable.from([bytes]), path);
      else yield await single(path, bytes);
    } else yield* fromStream(createReadStream(path, { highWaterMark: 256 * 1024 }), path);
  } catch (fault) {
    if (!(fault instanceof Error)) throw fault;
    yield { file: path, fault: inWords(path, fault) };
  }
}

/** What the system says about a path, in words that tell what to do. */
function inWords(path: string, fault: NodeJS.ErrnoException): Error {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file or folder; - reads standard input',
    EACCES: 'this user may not read it; run as one who may, or pipe it in and name -',
  };
  const said = words[fault.code ?? ''];
  if (fault.code === undefined) return fault;
  return new Error(`${path}: ${said ?? fault.message}`, { cause: fault });
}

/** Files of a folder and its folders by name. Hidden files, a Maildir's `tmp` and its control files are left out. */
async function* fromFolder(path: string): AsyncGenerator<FoundMessage | Unreadable> {
  const entries = await readdir(path, { withFileTypes: true });
  const isMaildir = ['cur', 'new', 'tmp'].every((name) =>
    entries.some((entry) => entry.isDirectory() && entry.name === name),
  );
  const names = entries
    .filter((entry) => (entry.isFile() && !isMaildir) || (entry.isDirectory() && !(isMaildir && entry.name === 'tmp')))
    .map((entry) => entry.name)
    .filter((name) => isMaildir || !name.startsWith('.'))
    .sort();
  for (const name of names) yield* fromPath(join(path, name));
}

async function* fromStream(stream: Readable, file: string): AsyncGenerator<FoundMessage> {
  const chunks = buffers(stream);
  const first = await gather(chunks, START);
  const all = prepend(first, chunks);
  if (!beginsMbox(first)) {
    yield await single(file, await collect(all));
    return;
  }
  let count = 0;
  for await (const bytes of splitMbox(all)) yield { file: ++count === 1 ? file : `${file}#${count}`, bytes };
}

/** A file that holds one message: Internet mail, or Outlook's own format, which is turned into that. */
async function single(file: string, bytes: Buffer): Promise<FoundMessage> {
  if (!beginsCompoundFile(bytes)) return { file, bytes: asSent(bytes) };
  const { readOutlookMessage } = await import('./outlook-message.ts');
  const message = readOutlookMessage(bytes);
  if (message === null)
    throw new Error(`${file}: a compound file (as Word or Excel writes them) that holds no Outlook message`);
  return { file, bytes: message };
}

/** A message as it was before an editor saved it: not in UTF-16, and without empty lines before its header. */
function asSent(bytes: Buffer): Buffer {
  const order = bytes.length < 2 ? 0 : bytes.readUInt16BE(0);
  if (order === 0xfffe || order === 0xfeff)
    return Buffer.from(new TextDecoder(order === 0xfffe ? 'utf-16le' : 'utf-16be').decode(bytes));
  let start = 0;
  while (bytes[start] === 0x0a || bytes[start] === 0x0d) start++;
  return start === 0 || start === bytes.length ? bytes : bytes.subarray(start);
}

async function* buffers(stream: Readable): AsyncGenerator<Buffer> {
  for await (const chunk of stream) yield Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk as string);
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const kept: Buffer[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    if (size < MESSAGE_LIMIT) kept.push(chunk);
    size += chunk.length;
  }
  return Buffer.concat(kept);
}

async function gather(chunks: AsyncGenerator<Buffer>, enough: number): Promise<Buffer> {
  const kept: Buffer[] = [];
  for (let size = 0; size < enough; ) {
    const next = await chunks.next();
    if (next.done === true) break;
    kept.push(next.value);
    size += next.value.length;
  }
  return Buffer.concat(kept);
}

async function* prepend(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  if (first.length > 0) yield first;
  yield* rest;
}
