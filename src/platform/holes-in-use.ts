import { embeddedHoles, type HoleKnowledge } from '../knowledge/load-vulnerabilities.ts';

let source: () => HoleKnowledge = embeddedHoles;
let read: HoleKnowledge | undefined;

/** The knowledge that this process judges by, read when it is first asked for: what comes with mailward, unless `useHoles` said otherwise. */
export function holesInUse(): HoleKnowledge {
  read ??= source();
  return read;
}

/** Judges by other knowledge from now on: the one that an update has laid over what comes with mailward. */
export function useHoles(from: () => HoleKnowledge): void {
  source = from;
  read = undefined;
}
