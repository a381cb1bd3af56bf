import { close, constants, fstat, open, type Stats, write } from 'node:fs';
import { promisify } from 'node:util';

/** Lines on their way to a file or a pipe. */
export interface LogWriter {
  /** Takes a line with its end. Never blocks and never fails: what cannot be written is held, and beyond a bound lost. */
  write(line: string): void;
  /** Writes what is held, as far as that goes. */
  flush(): void;
  /** Goes on in the file that has the name now. */
  reopen(): void;
  /** Lines that were lost so far. */
  readonly lost: number;
  /** Much is held: nothing that can wait should be added. */
  readonly crowded: boolean;
  /** Writes what is held, for so many milliseconds at most, and lets the file go. */
  close(patience: number): Promise<void>;
}

/** Bytes that are gathered before they are written; `flush` writes them anyway. */
const GATHERED = 8_192;
/** Bytes held where nothing can be written, such as on a full disk; what comes then is lost, so that the oldest lines tell how it began. */
const HELD_MOST = 16_777_216;
/** Places of lines that were taken, until the list is made anew. */
const SPENT_MOST = 1_024;
/** Bytes of one write: into a pipe no more than it takes in one piece (PIPE_BUF), or the lines of several processes would mix. */
const WRITE_FILE = 1_048_576;
const WRITE_PIPE = 4_096;
/** Milliseconds until a pipe that was full is tried again. */
const AGAIN = 50;
/**
 * O_NONBLOCK means something to pipes alone: one that nobody reads is an error, not a thread that waits for ever and keeps the process from
 * ending.
 */
const FLAGS = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOCTTY | constants.O_NONBLOCK;

const openFile = promisify(open);
const statOf = promisify(fstat) as (fd: number) => Promise<Stats>;

/** Opens a file, which is added to, or a pipe. Rejects if it cannot be written. */
export async function openLogWriter(path: string, heldMost: number = HELD_MOST): Promise<LogWriter> {
  let { fd, most } = await opened(path);
  let lines: string[] = [];
  let first = 0;
  let held = 0;
  let lost = 0;
  /** What is being written, and how far it has come. */
  let chunk: Buffer | null = null;
  let done = 0;
  let writing = false;
  let opening = false;
  let wanted = false;
  /** The last write failed: the next line is no reason to try again. */
  let stuck = false;
  let again: NodeJS.Timeout | undefined;
  /** The file has been let go, and its number may be another's. */
  let closed = false;
  let drained: (() => void) | null = null;

  const flush = (): void => {
    clearTimeout(again);
    if (writing || opening || closed) return;
    chunk ??= nextChunk();
    if (chunk === null) return drained?.();
    writing = true;
    write(fd, chunk, done, chunk.length - done, null, (fault, count) => {
      writing = false;
      stuck = fault !== null;
      if (fault === null) {
        done += count;
        if (done === chunk?.length) {
          held -= done;
          chunk = null;
          done = 0;
        }
      }
      if (wanted) return void change();
      // What came meanwhile is gathered again: under load, a write for each line would cost more than the line.
      if (fault === null) return void ((chunk !== null || held >= GATHERED || drained !== null) && flush());
      // A pipe that is full; a disk that is full is tried again by the next `flush`.
      if (fault.code === 'EAGAIN') again = setTimeout(flush, AGAIN).unref();
    });
  };

  /** Whole lines, at least one, as long as they fit into one write. */
  function nextChunk(): Buffer | null {
    const from = first;
    for (let size = 0; first < lines.length; first++) {
      size += Buffer.byteLength(lines[first] as string);
      if (first > from && size > most) break;
    }
    if (from === first) return null;
    const bytes = Buffer.from(lines.slice(from, first).join(''));
    if (first === lines.length || first > SPENT_MOST) {
      lines = lines.slice(first);
      first = 0;
    }
    return bytes;
  }

  async function change(): Promise<void> {
    wanted = false;
    opening = true;
    try {
      const old = fd;
      ({ fd, most } = await opened(path));
      close(old, () => undefined);
      dropBegun();
    } catch {
      // The old file is still better than none.
    }
    opening = false;
    flush();
  }

  /** The rest of a line whose begin is in another file is none. */
  function dropBegun(): void {
    if (chunk === null || done === 0) return;
    const inLine = chunk[done - 1] !== LF;
    const end = inLine ? chunk.indexOf(LF, done) + 1 : done;
    if (inLine) lost++;
    held -= end;
    chunk = end < chunk.length ? chunk.subarray(end) : null;
    done = 0;
  }

  return {
    write(line) {
      const size = Buffer.byteLength(line);
      if (held + size > heldMost) {
        lost++;
        return;
      }
      held += size;
      lines.push(line);
      if (held >= GATHERED && !stuck) flush();
    },
    flush,
    reopen() {
      wanted = true;
      if (!writing && !opening) void change();
    },
    get lost() {
      return lost;
    },
    get crowded() {
      return held > heldMost / 2;
    },
    async close(patience) {
      const late = setTimeout(() => drained?.(), patience);
      const tries = setInterval(flush, AGAIN);
      await new Promise<void>((resolve) => {
        drained = resolve;
        flush();
      });
      drained = null;
      clearTimeout(late);
      clearInterval(tries);
      clearTimeout(again);
      closed = true;
      if (!writing) close(fd, () => undefined);
    },
  };
}

const LF = 0x0a;

async function opened(path: string): Promise<{ readonly fd: number; readonly most: number }> {
  try {
    const fd = await openFile(path, FLAGS, 0o600);
    return { fd, most: (await statOf(fd)).isFIFO() ? WRITE_PIPE : WRITE_FILE };
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENXIO') throw fault;
    throw Object.assign(new Error(`nobody reads ${path}: begin to read it first`), { code: 'ENXIO' });
  }
}
