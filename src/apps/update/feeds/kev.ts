import { z } from 'zod';
import { type FeedRows, isCve } from '../feed.ts';

const DAY = z.string().regex(/^\d{4}-\d\d-\d\d$/);

/** CISA's catalogue of known exploited vulnerabilities, as far as it is read. */
const catalogue = z.object({
  catalogVersion: z.string().max(40),
  count: z.number().int().nonnegative(),
  vulnerabilities: z
    .array(
      z.object({
        cveID: z.string().refine(isCve),
        dateAdded: DAY,
        dueDate: DAY.optional(),
        knownRansomwareCampaignUse: z.string().max(40).optional(),
      }),
    )
    .max(100_000),
});

/** Product names in it are free text and change, so rows are joined by CVE alone. */
export function readKev(json: unknown): FeedRows {
  const { count, vulnerabilities } = catalogue.parse(json);
  if (count !== vulnerabilities.length) {
    throw new Error(`it says that it holds ${count} entries and holds ${vulnerabilities.length}`);
  }
  return {
    entries: vulnerabilities.length,
    kev: vulnerabilities.map((entry) => [
      entry.cveID,
      [entry.dateAdded, entry.dueDate ?? null, entry.knownRansomwareCampaignUse ?? null],
    ]),
  };
}
