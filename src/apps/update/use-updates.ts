import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { useHoles } from '../../platform/vulnerable.ts';
import { knowledgeOf, overlayFolder } from './overlay.ts';

/** Judges from now on with what updates have added, if this data folder has any. */
export function useUpdates(data: string, note: (text: string) => void): void {
  if (existsSync(join(overlayFolder(data), 'overlay.json'))) useHoles(knowledgeOf(data, note));
}
