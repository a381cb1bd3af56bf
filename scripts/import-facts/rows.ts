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

/** Sources that many rows share, in a word each; `knowledge/vulnerability-sources.md` says what they are. */
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

/**
 * NVD's own structure. Names and versions only: nobody has read the text for these. Where a row names parts with versions
 * of their own beside the product, the ranges of the product are kept, and its list of versions is in doubt.
 */
export function nvdRow(fact: NvdFact): Row {
  const parts = new Set(fact.cpes.map((cpe) => componentOf(fact.product, cpe)));
  const component = parts.has(null) ? null : (parts.values().next().value ?? null);
  const mixed = parts.size > 1;
  const ranges = fact.ranges.filter(
    (one) => !mixed || one.cpe === undefined || componentOf(fact.product, one.cpe) === component,
  );
  const versions = fact.versions.filter((version) => version !== '*' && version !== '-');
  return compact({
    id: fact.id,
    component,
    nvd: fact.cpes,
    ranges: ranges.map(range),
    versions,
    doubt: mixed && versions.length > 0 ? 'NVD lists versions of several parts together.' : null,
    local: !fact.remote,
    auth: fact.remoteUnauthenticated === true ? 'none' : fact.remote ? 'user' : 'local',
    ...judged(fact),
    sources: [shortSource(fact.source, fact.id)],
  });
}

/** Parts with versions of their own, by the product part of their CPE names; what is not here is the product itself. */
const COMPONENTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  courier: { 'courier-imap': 'imap', sqwebmail: 'sqwebmail' },
  icewarp: { media_player: 'media-player' },
  mailenable: { netwebadmin_enterprise: 'netwebadmin', netwebadmin_professional: 'netwebadmin' },
  mdaemon: { webadmin: 'webadmin', securitygateway: 'securitygateway' },
  'symantec-mg': {
    mail_security: 'mail-security',
    mail_security_appliance: 'mail-security-appliance',
    brightmail_antispam: 'brightmail-antispam',
  },
  'trendmicro-imsva': { scanmail: 'scanmail', interscan_messaging_security_suite: 'suite' },
};

/** Bundles of Horde, whose version a web page shows; the rest of its CPE names are parts. */
const HORDE = new Map([
  ['horde', null],
  ['application_framework', null],
  ['horde_application_framework', null],
  ['framework', null],
  ['groupware', 'groupware'],
  ['horde_groupware', 'groupware'],
  ['groupware_webmail_edition', 'groupware-webmail'],
]);
const HORDE_PARTS: Readonly<Record<string, string>> = {
  internet_mail_program: 'imp',
  dynamic_imp: 'imp',
  turba_contact_manager: 'turba',
  nag_task_list_manager: 'nag',
  image_api: 'image',
};

/** The part that a CPE name of NVD (`vendor:product`) stands for; null if it is the product itself. */
function componentOf(product: string, cpe: string): string | null {
  const name = cpe.slice(cpe.indexOf(':') + 1);
  if (product !== 'horde') return COMPONENTS[product]?.[name] ?? null;
  const bundle = HORDE.get(name);
  if (bundle !== undefined) return bundle;
  const part = name.replace(/^horde_/, '').replace(/_h\d$/, '');
  return (HORDE_PARTS[part] ?? part).replaceAll('_', '-');
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
  readonly ids?: readonly string[];
  /** The version that mended each of these ids, by the product's own list of changes, where the facts name the last one with the hole. */
  readonly mended?: Readonly<Record<string, string>>;
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
    if (amendment.product !== product) continue;
    const mended = amendment.mended?.[row.id];
    if (mended !== undefined) amended = { ...amended, ranges: endedBy(mended, amended) };
    if (amendment.ids?.includes(row.id) !== true) continue;
    const ranges = (amended['ranges'] ?? []) as object[];
    amended = {
      ...amended,
      ...(amendment.range === undefined ? {} : { ranges: [...ranges, amendment.range] }),
      ...amendment.set,
    };
  }
  return compact(within(product, withNewBranch(product, amended)));
}

/** The ranges of a row with a fix in the place of a last version. */
function endedBy(fixed: string, row: Row): object[] {
  const ranges = (row['ranges'] ?? []) as { readonly last?: string }[];
  return ranges.map(({ last, ...range }) => (last === undefined ? range : { ...range, fixed }));
}

/** The branch a version belongs to: `9.0` of `9.0.0.p24`. */
function branchOf(version: string): string {
  return version.split('.').slice(0, 2).join('.');
}

/** Zimbra's branches are mended one by one: a range that no fix ends is about its own branch, not about later ones. */
function within(product: string, row: Row): Row {
  // Branches that came out after the hole was told are not meant: 10.1 came in the middle of 2024.
  if (product !== 'zimbra' || Number(row.id.split('-')[1]) > 2024) return row;
  const ranges = (row['ranges'] ?? []) as { readonly from?: string; readonly unknown?: boolean }[];
  return {
    ...row,
    ranges: ranges.map((range) =>
      range.unknown === true && range.from !== undefined ? { ...range, last: `${branchOf(range.from)}.999` } : range,
    ),
  };
}

/** First fix of Roundcube 1.6 that came after 1.7.0 was out (10 May 2026). */
const AFTER_ROUNDCUBE_1_7 = 16;

/**
 * Debian's texts of 2026 name the fixes of Roundcube 1.6 only. Those that came after 1.7.0 leave open whether 1.7 has the
 * hole, and whether 1.5, which got no more updates, has it.
 */
function withNewBranch(product: string, row: Row): Row {
  const ranges = (row['ranges'] ?? []) as { readonly from?: string; readonly fixed?: string }[];
  const [only] = ranges;
  if (product !== 'roundcube' || ranges.length !== 1 || only?.from !== '1.6.0') return row;
  if (Number(only.fixed?.split('.')[2] ?? 0) < AFTER_ROUNDCUBE_1_7) return row;
  const doubt = 'Its source names the fix of 1.6 only; whether 1.7 has the hole is not said.';
  return { ...row, ranges: [...ranges, { from: '1.7.0', doubt }] };
}
