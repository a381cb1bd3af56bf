/** A disk of a few megabytes that one program alone sees, and that a test fills and empties. */
import { closeSync, existsSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { ways } from './jail.ts';

/** Mounts the disk at `$1` and becomes the command behind it. */
const MOUNT = 'mkdir -p "$1" && mount -t tmpfs -o size=4m,mode=700 none "$1" && shift && exec "$@"';

/** Words before a command that gives it such a disk at `place`; a text that says why there can be none. */
export async function withSmallDisk(place: string): Promise<readonly string[] | string> {
  const [way] = await ways();
  if (way === undefined)
    return 'a disk of its own wants root, or a user namespace (unshare -Urm), which this machine forbids';
  const kind = way === 'root' ? [] : ['--user', '--map-root-user'];
  return ['unshare', '--mount', ...kind, 'sh', '-c', MOUNT, 'sh', place];
}

/** A folder as the process sees it. */
export const seenBy = (pid: number, path: string): string => join('/proc', String(pid), 'root', path);

const FILLER = 'filler';

/** Leaves no byte on the disk of a folder. */
export function fillDisk(folder: string): void {
  const file = openSync(join(folder, FILLER), 'a');
  try {
    for (let piece = Buffer.alloc(65_536); piece.length > 0; ) {
      try {
        writeSync(file, piece);
      } catch {
        piece = piece.subarray(0, Math.floor(piece.length / 2));
      }
    }
  } finally {
    closeSync(file);
  }
}

/** Gives back what `fillDisk` took. */
export function emptyDisk(folder: string): void {
  if (existsSync(join(folder, FILLER))) rmSync(join(folder, FILLER));
}
