import { z } from 'zod';
import type { AffectedRange, VulnerabilityRow } from '../../../knowledge/load-vulnerabilities.ts';
import { type FeedContext, type FeedRows, isCve, oneLine } from '../feed.ts';
import { productIn, rangesOf } from './cve-versions.ts';
import { classOfWeaknesses, cvssOf, reachOf } from './vector.ts';

const bounded = (most: number) => z.string().max(most);
const metric = z.object({
  type: bounded(20).nullish(),
  cvssData: z.object({ baseScore: z.number().min(0).max(10), vectorString: bounded(200).nullish() }),
});
const metrics = z.array(metric).max(50).optional();

const affected = z.object({
  vendor: bounded(200).nullish(),
  product: bounded(200).nullish(),
  versions: z
    .array(
      z.object({
        version: bounded(200),
        status: bounded(20),
        lessThan: bounded(200).nullish(),
        lessThanOrEqual: bounded(200).nullish(),
      }),
    )
    .max(5_000)
    .default([]),
});

const match = z.object({
  vulnerable: z.boolean(),
  criteria: bounded(500),
  versionStartIncluding: bounded(100).optional(),
  versionStartExcluding: bounded(100).optional(),
  versionEndIncluding: bounded(100).optional(),
  versionEndExcluding: bounded(100).optional(),
});

/** NVD's CVE interface, version 2.0, as far as it is read. */
const page = z.object({
  totalResults: z.number().int().nonnegative(),
  startIndex: z.number().int().nonnegative(),
  resultsPerPage: z.number().int().nonnegative(),
  vulnerabilities: z
    .array(
      z.object({
        cve: z.object({
          id: z.string().refine(isCve),
          published: bounded(40),
          vulnStatus: bounded(40).nullish(),
          descriptions: z
            .array(z.object({ lang: bounded(20), value: bounded(20_000) }))
            .max(50)
            .default([]),
          metrics: z
            .object({ cvssMetricV40: metrics, cvssMetricV31: metrics, cvssMetricV30: metrics, cvssMetricV2: metrics })
            .partial()
            .default({}),
          weaknesses: z
            .array(z.object({ description: z.array(z.object({ value: bounded(100) })).max(50) }))
            .max(50)
            .default([]),
          configurations: z
            .array(
              z.object({ nodes: z.array(z.object({ cpeMatch: z.array(match).max(20_000).default([]) })).max(1_000) }),
            )
            .max(1_000)
            .default([]),
          affected: z
            .array(z.object({ affectedData: z.array(affected).max(1_000).default([]) }))
            .max(100)
            .default([]),
          cisaExploitAdd: bounded(20).nullish(),
          cisaActionDue: bounded(20).nullish(),
        }),
      }),
    )
    .max(10_000),
});

type Cve = z.infer<typeof page>['vulnerabilities'][number]['cve'];

export function readNvd(json: unknown, context: FeedContext): FeedRows {
  const { vulnerabilities, totalResults, startIndex } = page.parse(json);
  if (vulnerabilities.length > 0 && startIndex + vulnerabilities.length > totalResults) {
    throw new Error(`it says ${totalResults} entries in all and holds ${startIndex + vulnerabilities.length}`);
  }
  const rows: { product: string; row: VulnerabilityRow }[] = [];
  const kev: [string, readonly [string, string | null, string | null]][] = [];
  for (const { cve } of vulnerabilities) {
    if (cve.vulnStatus === 'Rejected') continue;
    if (cve.cisaExploitAdd) kev.push([cve.id, [cve.cisaExploitAdd, cve.cisaActionDue ?? null, null]]);
    for (const [product, found] of productsOf(cve, context)) rows.push({ product, row: rowOf(cve, found) });
  }
  return { entries: vulnerabilities.length, rows, kev };
}

interface Found {
  readonly cpes: Set<string>;
  readonly ranges: AffectedRange[];
  readonly versions: string[];
}

/** What a record says of each product of ours: by CPE names, and by the vendor's own ranges where there are none. */
function productsOf(cve: Cve, context: FeedContext): ReadonlyMap<string, Found> {
  const found = new Map<string, Found>();
  const of = (product: string) => {
    const one = found.get(product) ?? { cpes: new Set(), ranges: [], versions: [] };
    found.set(product, one);
    return one;
  };
  // A node may say "this application on that system": what is marked vulnerable is the application.
  for (const entry of cve.configurations.flatMap(({ nodes }) => nodes).flatMap(({ cpeMatch }) => cpeMatch)) {
    const [, , part, vendor, name, version = '*'] = splitCpe(entry.criteria);
    const product =
      context.productOfCpe.get(`${vendor}:${name}`) ?? context.productOfCpe.get(`${vendor}:${model(name)}`);
    if (!entry.vulnerable || product === undefined || part === undefined) continue;
    const one = of(product);
    one.cpes.add(`${vendor}:${name}`);
    // NVD names cumulative updates of Exchange without their security updates: useless for matching.
    if (product === 'exchange') continue;
    const range = rangeOfMatch(entry);
    if (Object.keys(range).length > 0) one.ranges.push(range);
    else if (version !== '*' && version !== '-') one.versions.push(version.replaceAll('\\', ''));
  }
  for (const data of cve.affected.flatMap(({ affectedData }) => affectedData)) {
    const product = productIn(data.vendor ?? '', data.product ?? '', context);
    if (product === null || product === 'exchange') continue;
    const one = of(product);
    if (one.ranges.length === 0 && one.versions.length === 0) one.ranges.push(...rangesOf(product, data));
  }
  return found;
}

/** The name of an appliance without its model: `email_security_gateway` of `email_security_gateway_300_firmware`. */
function model(name: string | undefined): string {
  return (name ?? '').replace(/_firmware$/, '').replace(/_\d+[a-z]?$/, '');
}

/** A CPE 2.3 name by its colons, of which an escaped one is none. */
function splitCpe(criteria: string): string[] {
  return criteria.split(/(?<!\\):/);
}

function rangeOfMatch(entry: z.infer<typeof match>): AffectedRange {
  return {
    ...(entry.versionStartIncluding === undefined ? {} : { from: entry.versionStartIncluding }),
    ...(entry.versionStartExcluding === undefined ? {} : { after: entry.versionStartExcluding }),
    ...(entry.versionEndExcluding === undefined ? {} : { fixed: entry.versionEndExcluding }),
    ...(entry.versionEndIncluding === undefined ? {} : { last: entry.versionEndIncluding }),
  };
}

function rowOf(cve: Cve, { cpes, ranges, versions }: Found): VulnerabilityRow {
  const { cvssMetricV40, cvssMetricV31, cvssMetricV30, cvssMetricV2 } = cve.metrics;
  const scores = [cvssMetricV31, cvssMetricV30, cvssMetricV40, cvssMetricV2].find(
    (list) => list !== undefined && list.length > 0,
  );
  const score = scores?.find((one) => one.type === 'Primary') ?? scores?.[0];
  const vector = score?.cvssData.vectorString ?? null;
  const text = cve.descriptions.find(({ lang }) => lang === 'en')?.value;
  const gain = text === undefined ? null : oneLine(text, 240);
  const weakness = classOfWeaknesses(
    cve.weaknesses.flatMap(({ description }) => description).map(({ value }) => value),
  );
  return {
    id: cve.id,
    published: cve.published.slice(0, 10),
    ...(cpes.size === 0 ? {} : { nvd: [...cpes] }),
    ...(ranges.length === 0 ? {} : { ranges }),
    ...(versions.length === 0 ? {} : { versions }),
    ...(gain === null ? {} : { gain }),
    ...(weakness === null ? {} : { class: weakness }),
    ...reachOf(vector),
    ...(score === undefined ? {} : { cvss: cvssOf(score.cvssData.baseScore, vector, 'nvd') }),
    sources: ['nvd'],
  };
}
