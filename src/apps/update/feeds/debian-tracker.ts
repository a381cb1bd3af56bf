import { z } from 'zod';
import type { DebianFix } from '../../../knowledge/load-vulnerabilities.ts';
import { type FeedContext, type FeedRows, isCve } from '../feed.ts';

const release = z.object({
  status: z.string().max(40),
  fixed_version: z.string().max(200).optional(),
  repositories: z.record(z.string(), z.string().max(200)).default({}),
});
const hole = z.object({ releases: z.record(z.string().max(40), release) });
const packages = z.record(z.string().max(200), z.record(z.string().max(80), z.unknown()));

/** Releases that are taken; the newest is where fixes come first. */
const SUITES = new Set(['bullseye', 'bookworm', 'trixie', 'forky', 'sid']);

/** Debian's security tracker: tens of megabytes, of which the packages of mail are read. */
export function readDebianTracker(json: unknown, { productOfSource }: FeedContext): FeedRows {
  const tracker = packages.parse(json);
  const debian: { product: string; fix: DebianFix }[] = [];
  let entries = 0;
  for (const [source, holes] of Object.entries(tracker)) {
    entries += Object.keys(holes).length;
    const product = productOfSource.get(source);
    if (product === undefined) continue;
    for (const [id, value] of Object.entries(holes)) {
      if (!isCve(id)) continue;
      for (const [suite, told] of Object.entries(hole.parse(value).releases)) {
        if (SUITES.has(suite)) debian.push(...fixesOf(id, source, suite, told).map((fix) => ({ product, fix })));
      }
    }
  }
  return { entries, debian };
}

function fixesOf(id: string, source: string, suite: string, told: z.infer<typeof release>): DebianFix[] {
  // A fixed version of 0 says that no version of the suite ever had the hole.
  if (told.status === 'resolved' && told.fixed_version === '0') return [{ id, source, suite, fixed: '0' }];
  if (told.status === 'resolved' && told.fixed_version !== undefined)
    return [{ id, source, suite, fixed: told.fixed_version }];
  if (told.status !== 'open') return [];
  const revisions = [...new Set(Object.values(told.repositories))];
  return [{ id, source, suite, open: true, ...(revisions.length === 0 ? {} : { revisions }) }];
}
