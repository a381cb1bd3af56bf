import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Bytes read at once. */
const BLOCK = 262_144;
/** Bytes of a line that are kept until its end comes; our lines are far shorter, so what is longer is none of ours. */
const LINE_MOST = 1_048_576;

/** A log and what rotation left of it (`log.1`, `log.2.gz` …), oldest first. Throws if there is no log. */
export function logFiles(log: string): string[] {
  statSync(log);
  const name = basename(log);
  const old = readdirSync(dirname(log))
    .filter((other) => other.startsWith(`${name}.`))
    .map((other) => join(dirname(log), other))
    .map((path) => ({ path, at: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => a.at - b.at)
    .map(({ path }) => path);
  return [...old, log];
}

/**
 * Whole lines of a file, many at once, one character a byte, so that looking for something costs no more than reading. Memory does not
 * grow with the file.
 */
export async function* blocksOf(path: string): AsyncGenerator<string> {
  const file = createReadStream(path, { highWaterMark: BLOCK });
  const bytes: Readable = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => undefined) : file;
  let rest = '';
  for await (const piece of bytes as AsyncIterable<Buffer>) {
    const text = piece.toString('latin1');
    const end = text.lastIndexOf('\n');
    if (end < 0) {
      rest = rest.length + text.length > LINE_MOST ? '' : rest + text;
      continue;
    }
    yield rest + text.slice(0, end + 1);
    rest = text.slice(end + 1);
  }
  if (rest !== '') yield `${rest}\n`;
}

/** The line around an offset. */
export function lineAt(block: string, offset: number): { readonly text: string; readonly end: number } {
  const begin = block.lastIndexOf('\n', offset) + 1;
  const end = block.indexOf('\n', offset);
  return { text: block.slice(begin, end), end };
}
