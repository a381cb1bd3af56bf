import type { HoleKnowledge, SupportCycle } from '../knowledge/load-vulnerabilities.ts';
import { compareKeys, readVersion } from './version.ts';

/** Names under which the support files know a product of ours. */
const SUPPORT_NAMES: Readonly<Record<string, string>> = {
  exchange: 'msexchange',
  'proxmox-mg': 'proxmox-mail-gateway',
  mailman2: 'mailman',
};

/** What is said where support is over since a day that no source names. */
export const SINCE_UNKNOWN = 'unknown date';

/**
 * The day on which all support of a version ended, if that is past; null if it has not, or if no source says. Extended
 * support that is paid for does not count.
 */
export function supportEnded(knowledge: HoleKnowledge, product: string, version: string, today: string): string | null {
  const cycle = cycleOf(knowledge.supportOf(SUPPORT_NAMES[product] ?? product), product, version);
  const end = cycle?.eol;
  if (end === true) return SINCE_UNKNOWN;
  return typeof end === 'string' && end <= today ? end : null;
}

/** The cycle a version belongs to: the longest name that its numbers begin with. */
function cycleOf(cycles: readonly SupportCycle[], product: string, version: string): SupportCycle | null {
  const named = cycles.find((cycle) => cycle.cycle.toLowerCase() === version.toLowerCase());
  if (named !== undefined) return named;
  const key = readVersion(product, version);
  if (key === null) return null;
  let best: SupportCycle | null = null;
  for (const cycle of cycles) {
    const begin = readVersion(product, cycle.cycle);
    if (begin === null || compareKeys(key.slice(0, begin.length), begin) !== 0) continue;
    if (best === null || cycle.cycle.length > best.cycle.length) best = cycle;
  }
  return best;
}
