import type { Stream } from './stream.ts';

/** Tries of a shrinking; each plays a stream to a real server. */
const TRIES = 60;

/** A smaller stream that still shows what `shows` looks for: units are left out, then halves, quarters and so on of their bytes. */
export async function shrink(stream: Stream, shows: (stream: Stream) => Promise<boolean>): Promise<Stream> {
  let best = stream;
  let left = TRIES;
  const take = async (units: readonly Buffer[]): Promise<boolean> => {
    if (left-- <= 0) return false;
    const smaller = { ...best, units };
    if (!(await shows(smaller))) return false;
    best = smaller;
    return true;
  };
  for (let at = best.units.length - 1; at >= 0; at--) await take(best.units.toSpliced(at, 1));
  for (let at = 0; at < best.units.length; at++) {
    for (let size = (best.units[at] as Buffer).length >> 1; size > 0 && left > 0; size >>= 1) {
      for (let from = 0; from < (best.units[at] as Buffer).length && left > 0; ) {
        const unit = best.units[at] as Buffer;
        const shorter = Buffer.concat([unit.subarray(0, from), unit.subarray(from + size)]);
        if (shorter.length === 0 || !(await take(best.units.with(at, shorter)))) from += size;
      }
    }
  }
  return best;
}
