import { type ReportAddress, reportAddresses } from './report-address.ts';
import { quote, type RecordFault, readTagList, type Tag, tagOffset, tagValue } from './tag-list.ts';

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

/** A DMARC policy record (RFC 9989 §4.7). */
export interface DmarcRecord {
  readonly policy: DmarcPolicy;
  /** For subdomains; null: as `policy`. */
  readonly subdomainPolicy: DmarcPolicy | null;
  /** For subdomains that do not exist; null: as `subdomainPolicy`. */
  readonly absentPolicy: DmarcPolicy | null;
  /** What made receivers fall back to `none`, as "has no p"; null if the policy is as published. */
  readonly fallback: string | null;
  /** `t=y`: the owner is testing, and the policy counts one level less. */
  readonly testing: boolean;
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
  /** Whether this is a public suffix (`y`), surely none (`n`) or unsaid (`u`). */
  readonly publicSuffix: 'y' | 'n' | 'u';
  readonly aggregateTo: readonly ReportAddress[];
  readonly failureTo: readonly ReportAddress[];
  /** Entries of rua and ruf that are no `mailto:` address: nobody sends there. */
  readonly unusable: readonly string[];
  /** Tags that RFC 9989 took away (pct, rf, ri) or that are unknown; receivers ignore them. */
  readonly ignored: readonly string[];
  /** RFC 7489's pct, which older receivers still obey; null if it is not given. */
  readonly percent: number | null;
}

const KNOWN = new Set(['v', 'p', 'sp', 'np', 't', 'adkim', 'aspf', 'psd', 'rua', 'ruf', 'fo']);

/** True for a TXT record that claims to be DMARC: `v=DMARC1` is its first tag (RFC 9989 §4.7). */
export function isDmarc(text: string): boolean {
  return /^[vV][ \t]*=[ \t]*DMARC1[ \t]*(?:;|$)/.test(text);
}

/** Reads a DMARC record. Values a receiver would ignore are ignored; what makes it ignore the record is a fault. */
export function readDmarc(text: string): DmarcRecord | RecordFault {
  if (!isDmarc(text)) return { fault: 'does not begin with "v=DMARC1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const [aggregate, failure] = [reports(tags, 'rua'), reports(tags, 'ruf')];
  const broken = brokenPolicy(tags);
  // RFC 9989 §4.7: without usable policies the record counts as p=none if it asks for reports, else not at all.
  if (broken !== null && aggregate.usable.length === 0) return broken;
  const publicSuffix = tagValue(tags, 'psd')?.toLowerCase();
  const percent = tagValue(tags, 'pct');
  return {
    policy: broken === null ? (policyOf(tags, 'p') ?? 'none') : 'none',
    subdomainPolicy: broken === null ? policyOf(tags, 'sp') : null,
    absentPolicy: broken === null ? policyOf(tags, 'np') : null,
    fallback: broken?.fault ?? null,
    testing: tagValue(tags, 't')?.toLowerCase() === 'y',
    strictDkim: tagValue(tags, 'adkim')?.toLowerCase() === 's',
    strictSpf: tagValue(tags, 'aspf')?.toLowerCase() === 's',
    publicSuffix: publicSuffix === 'y' || publicSuffix === 'n' ? publicSuffix : 'u',
    aggregateTo: aggregate.usable,
    failureTo: failure.usable,
    unusable: [...aggregate.unusable, ...failure.unusable],
    ignored: tags.filter(({ name }) => !KNOWN.has(name)).map(({ name }) => name),
    percent: percent !== undefined && /^\d{1,3}$/.test(percent) ? Number(percent) : null,
  };
}

function brokenPolicy(tags: readonly Tag[]): RecordFault | null {
  if (tagValue(tags, 'p') === undefined) return { fault: 'has no p', at: 0 };
  const bad = ['p', 'sp', 'np'].find((name) => tagValue(tags, name) !== undefined && policyOf(tags, name) === null);
  if (bad === undefined) return null;
  const value = quote(tagValue(tags, bad) ?? '');
  return { fault: `has ${bad}=${value}, which is not none, quarantine or reject`, at: tagOffset(tags, bad) };
}

function policyOf(tags: readonly Tag[], name: string): DmarcPolicy | null {
  const value = tagValue(tags, name)?.toLowerCase();
  return value === 'none' || value === 'quarantine' || value === 'reject' ? value : null;
}

function reports(
  tags: readonly Tag[],
  name: string,
): { readonly usable: ReportAddress[]; readonly unusable: readonly string[] } {
  const all = reportAddresses(tagValue(tags, name) ?? '');
  return {
    usable: all.filter(({ domain }) => domain !== null),
    unusable: all.filter(({ domain }) => domain === null).map(({ uri }) => uri),
  };
}

/** What happens to mail that fails, once `t=y` has taken its level off (RFC 9989 §4.7). */
export function effectivePolicy(policy: DmarcPolicy, testing: boolean): DmarcPolicy {
  if (!testing) return policy;
  return policy === 'reject' ? 'quarantine' : 'none';
}

/** Questions of one walk (RFC 9989 §4.10). */
const WALK_MAX = 8;

/**
 * Names to ask, longest first, when walking up from `domain` (RFC 9989 §4.10): the domain, then its parents, of long names only the last
 * seven labels, and never more than eight questions.
 */
export function dmarcTreeWalk(domain: string): string[] {
  const labels = domain.split('.');
  const parents = labels.length > WALK_MAX ? labels.slice(1 - WALK_MAX) : labels.slice(1);
  const names = [domain, ...parents.map((_, at) => parents.slice(at).join('.'))];
  return names.slice(0, WALK_MAX);
}

/** What a walk found at one name; null if there is no single readable record. */
export interface WalkedName {
  readonly name: string;
  readonly record: DmarcRecord | null;
}

/** Whose record governs a domain. */
export interface Governing {
  readonly name: string;
  /** `own`: the domain's. `organizational`: of the domain it belongs to. `public-suffix`: of the registry above. */
  readonly kind: 'own' | 'organizational' | 'public-suffix';
  readonly record: DmarcRecord;
}

/** Picks the record that governs the first of the walked names (RFC 9989 §4.10.1 and §4.10.2); null if none does. */
export function governing(walked: readonly WalkedName[]): Governing | null {
  const [own] = walked;
  if (own?.record) return { name: own.name, kind: 'own', record: own.record };
  const organizational = organizationalDomain(walked);
  const found = walked.find(({ name, record }) => name === organizational && record !== null);
  if (found?.record) return { name: found.name, kind: 'organizational', record: found.record };
  const suffix = walked.find(({ record }) => record?.publicSuffix === 'y');
  return suffix?.record ? { name: suffix.name, kind: 'public-suffix', record: suffix.record } : null;
}

/** RFC 9989 §4.10.2: where psd=n says so, else one below psd=y, else the shortest name that has a record. */
function organizationalDomain(walked: readonly WalkedName[]): string | null {
  const [own] = walked;
  let shortest: string | null = null;
  for (const { name, record } of walked) {
    if (record === null) continue;
    if (record.publicSuffix === 'n') return name;
    if (record.publicSuffix === 'y' && name !== own?.name) return oneBelow(name, own?.name ?? name);
    shortest = name;
  }
  return shortest;
}

/** The name with one label more than `suffix` on the way to `domain`. */
function oneBelow(suffix: string, domain: string): string {
  const labels = domain.split('.');
  return labels.slice(labels.length - suffix.split('.').length - 1).join('.');
}
