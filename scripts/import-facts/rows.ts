import { readFileSync } from 'node:fs';
import type { Bounds, CuratedFact, DebianFact, Judged, NvdFact } from './shapes.ts';

/** A row as the knowledge files hold it. */
export type Row = { readonly id: string } & Readonly<Record<string, unknown>>;

/** Leaves out what says nothing (null, undefined, false, empty), so that a row shows only what is known. */
export function compact<Fields extends object>(fields: Fields): Fields {
  const kept = Object.entries(fields).filter(([, value]) => {
    if (value === null || value === undefined || value === false || value === '') return false;
    return !(Array.isArray(value) && value.length === 0);
  });
  return Object.fromEntries(kept) as Fields;
}

/** Sources that many rows share, in a word each; `sources.md` beside the rows says what they are. */
export function shortSource(text: string, id: string): string {
  return text
    .replace(/^NVD JSON 1\.1 feed copy, /, '')
    .replace(/^exein-io\/kepler data\/nvdcve-1\.1-(\d{4})\.json\.gz$/, 'nvd-$1')
    .replace(new RegExp(`^trickest/cve \\d{4}/${id}\\.md$`), 'trickest')
    .replace(/^fkie-cad\/nvd-json-data-feeds CVE-\d+\/.*\.json$/, 'fkie')
    .replace(/^cisagov\/vulnrichment \d{4}\/\d+xxx\/CVE-\d+-\d+\.json/, 'vulnrichment')
    .replace(/^anchore\/nvd-data-overrides data\/\d{4}\/CVE-\d+-\d+\.json$/, 'anchore')
    .replace(/^NVD values of December 2022, .*$/, 'nvd-2022-12')
    .replace(/^CISA KEV [\d.]+ .*$/, 'kev')
    .replace(/^righel\/ms-exchange-version-nse cves_affected_products_dict\.json .*$/, 'righel')
    .replace(/^righel\/ms-exchange-version-nse ms-exchange-versions-cves-dict\.json$/, 'righel-cves')
    .replace(/^microsoft\/CSS-Exchange Diagnostics\/HealthChecker .*$/, 'css-exchange')
    .replace(/^endoflife-date\/endoflife\.date products\/.*$/, 'endoflife.date');
}

export function judged(fact: Judged): Readonly<Record<string, unknown>> {
  const { cvss, kev, id } = fact;
  return {
    class: fact.class,
    interaction: fact.userInteraction,
    cvss: cvss && [
      cvss.score,
      cvss.version,
      cvss.vector,
      cvss.source === undefined ? null : shortSource(cvss.source, id),
    ],
    kev: kev && [kev.dateAdded, kev.dueDate, kev.ransomware],
  };
}

function range(bounds: Bounds): Readonly<Record<string, unknown>> {
  return compact({
    from: bounds.introduced,
    after: bounds.introducedExclusive,
    fixed: bounds.fixed,
    last: bounds.lastAffected,
    unknown: bounds.unknown === true || bounds.fixedUnknown === true,
  });
}

export function curatedRow(fact: CuratedFact): Row {
  return compact({
    id: fact.id,
    component: fact.component,
    ranges: fact.ranges.map(range),
    gain: fact.summary,
    local: !fact.remote,
    auth: fact.auth,
    mitm: fact.mitm,
    ...judged(fact),
    notes: fact.notes,
    unverified: !fact.verified,
    sources: fact.sources.map((source) => shortSource(source, fact.id)),
  });
}

/** NVD's own structure. Names and versions only: nobody has read the text for these. */
export function nvdRow(fact: NvdFact): Row {
  return compact({
    id: fact.id,
    nvd: fact.cpes,
    ranges: fact.ranges.map(range),
    versions: fact.versions.filter((version) => version !== '*' && version !== '-'),
    local: !fact.remote,
    auth: fact.remoteUnauthenticated === true ? 'none' : fact.remote ? 'user' : 'local',
    ...judged(fact),
    sources: [shortSource(fact.source, fact.id)],
  });
}

export function debianRow(fact: DebianFact): {
  readonly id: string;
  readonly source: string;
  readonly fixed: string;
  readonly suite: string;
} {
  return compact({
    id: fact.cve,
    source: fact.source,
    fixed: fact.debianVersion,
    suite: fact.suite,
    mentionOnly: fact.mentionOnly,
    upstream: fact.upstreamVersionsNamed,
    note: fact.note,
  });
}

/** What reading the rows against one another, and against the products, adds to them. */
interface Amendment {
  readonly product: string;
  /** Ids the amendment is for. */
  readonly ids: readonly string[];
  /** A further range. */
  readonly range?: object;
  /** Fields to set. */
  readonly set?: object;
}

const amendments = (
  JSON.parse(readFileSync(new URL('./amendments.json', import.meta.url), 'utf8')) as {
    readonly rows: readonly Amendment[];
  }
).rows;

export function amend(product: string, row: Row): Row {
  let amended = row;
  for (const amendment of amendments) {
    if (amendment.product !== product || !amendment.ids.includes(row.id)) continue;
    const ranges = (amended['ranges'] ?? []) as object[];
    amended = {
      ...amended,
      ...(amendment.range === undefined ? {} : { ranges: [...ranges, amendment.range] }),
      ...amendment.set,
    };
  }
  return amended;
}
