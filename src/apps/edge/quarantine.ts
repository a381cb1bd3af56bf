import type { Quarantine } from '../../edge/quarantine.ts';
import type { Clock } from '../../net/clock.ts';
import { type FolderBounds, openMessageFolder } from '../../store/message-folder.ts';

export interface QuarantineSettings {
  readonly path: string;
  readonly bounds: () => FolderBounds;
  readonly clock: Clock;
  readonly noted: (what: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** Milliseconds between two looks for what is too old, also where nothing comes. */
const TIDY_EVERY = 3_600_000;

/** The folder of messages that are kept back, and what its operator hears of it. */
export function openQuarantine({
  path,
  bounds,
  clock,
  noted,
}: QuarantineSettings): Pick<Quarantine, 'keep'> & { sweep(): void } {
  const folder = openMessageFolder(path, {
    bounds,
    now: () => clock.now(),
    aged: (id) => noted('quarantine-aged', { id }),
  });
  let state = 'open';
  let tidyAt = 0;
  // Told when it begins and when it is over, not for every message.
  const become = (next: string, detail = ''): void => {
    if (next !== state) noted('quarantine', { state: next, detail });
    state = next;
  };
  return {
    async keep(note, message) {
      try {
        const kept = await folder.keep(note.id, note, message);
        become(kept === 'full' ? 'full' : 'open');
        return kept;
      } catch (fault) {
        become('broken', fault instanceof Error ? fault.message : String(fault));
        return 'full';
      }
    },
    sweep() {
      const now = clock.monotonic();
      if (now < tidyAt) return;
      tidyAt = now + TIDY_EVERY;
      void folder.tidy();
    },
  };
}
