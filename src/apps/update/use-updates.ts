import { useHoles } from '../../platform/holes-in-use.ts';
import { knowledgeOf } from './overlay.ts';

/** Judges from now on with what updates have added in this data folder; `note` is told once if they cannot be read. */
export function useUpdates(data: string, note: (text: string) => void): void {
  useHoles(() => knowledgeOf(data, note));
}
