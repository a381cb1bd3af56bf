import type { ExchangeBuildRow } from '../knowledge/load-vulnerabilities.ts';
import { readExchangeBuild } from './exchange-reading.ts';

/** Versions remembered; a server that tells a new one each time costs a look-up each time. */
const REMEMBERED_MAX = 1_000;

/**
 * What people call a build of Exchange: `2016 CU23 Nov24SU` for four parts, `2016 CU23` for three. Null for what is no build.
 * The list of builds is asked for when a version is there.
 */
export function exchangeReleases(rows: () => readonly ExchangeBuildRow[]): (version: string) => string | null {
  const known = new Map<string, string | null>();
  let of: readonly ExchangeBuildRow[] | undefined;
  return (version) => {
    const builds = rows();
    // An update may have put another list in its place.
    if (builds !== of) known.clear();
    of = builds;
    let release = known.get(version);
    if (release === undefined) {
      const reading = readExchangeBuild(version, builds);
      release = reading.ok ? reading.build.name.replace(/^Exchange Server /, '') : null;
      if (known.size < REMEMBERED_MAX) known.set(version, release);
    }
    return release;
  };
}
