import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Overlay, overlayFolder } from './overlay.ts';

/** Overlays kept to go back to. */
const HISTORY_MAX = 10;
const HISTORY_NAME = /^overlay-(\d{1,9})\.json$/;

/**
 * Puts an overlay in the place of the one that stands, which goes into the history with `keep`. A reader sees the old or the new one,
 * never a part: the file is written beside and renamed. Throws what the file system says.
 */
export function replaceOverlay(data: string, overlay: Overlay, { keep }: { readonly keep: boolean }): void {
  const folder = overlayFolder(data);
  mkdirSync(join(folder, 'history'), { recursive: true });
  const path = join(folder, 'overlay.json');
  const beside = `${path}.new`;
  writeFileSync(beside, `${JSON.stringify(overlay)}\n`);
  sync(beside);
  const kept = historyOf(folder);
  if (!keep) {
    renameSync(beside, path);
    sync(folder);
    return;
  }
  const next = (kept.at(-1) ?? 0) + 1;
  try {
    // A second name for the file, so that the place is never empty in between.
    linkSync(path, historyPath(folder, next));
    kept.push(next);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault;
  }
  renameSync(beside, path);
  sync(folder);
  for (const old of kept.slice(0, -HISTORY_MAX)) rmSync(historyPath(folder, old), { force: true });
}

/** Goes back to the overlay before, or to none at all; false if there is nothing to go back from. */
export function undoOverlay(data: string): boolean {
  const folder = overlayFolder(data);
  const path = join(folder, 'overlay.json');
  const last = historyOf(folder).at(-1);
  try {
    if (last === undefined) rmSync(path);
    else renameSync(historyPath(folder, last), path);
    sync(folder);
    return true;
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw fault;
  }
}

/** Numbers of the overlays that are kept, oldest first. */
function historyOf(folder: string): number[] {
  try {
    const names = readdirSync(join(folder, 'history'));
    return names.flatMap((name) => Number(HISTORY_NAME.exec(name)?.[1] ?? Number.NaN) || []).sort((a, b) => a - b);
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw fault;
  }
}

function historyPath(folder: string, number: number): string {
  return join(folder, 'history', `overlay-${number}.json`);
}

function sync(path: string): void {
  const handle = openSync(path, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
