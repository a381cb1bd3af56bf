import { type RecordFault, readTagList, type Tag, tagValue } from './tag-list.ts';

export type DmarcPolicy = 'none' | 'quarantine' | 'reject';

/** A DMARC policy record (RFC 9989 §4.7). */
export interface DmarcRecord {
  readonly policy: DmarcPolicy;
  /** For subdomains; null: as `policy`. */
  readonly subdomainPolicy: DmarcPolicy | null;
  /** For subdomains that do not exist; null: as `subdomainPolicy`. */
  readonly absentPolicy: DmarcPolicy | null;
  /** `t=y`: the owner is testing, and the policy counts one level less. */
  readonly testing: boolean;
  readonly strictDkim: boolean;
  readonly strictSpf: boolean;
  /** Whether this is a public suffix (`y`), surely none (`n`) or unsaid (`u`). */
  readonly publicSuffix: 'y' | 'n' | 'u';
  readonly aggregateTo: readonly ReportAddress[];
  readonly failureTo: readonly ReportAddress[];
  /** Tags that RFC 9989 took away (pct, rf, ri) or that are unknown; receivers ignore them. */
  readonly ignored: readonly string[];
  /** RFC 7489's pct, which older receivers still obey; null if it is not given. */
  readonly percent: number | null;
}

/** Where reports go. */
export interface ReportAddress {
  readonly uri: string;
  /** The domain of a `mailto:`; null for any other scheme. */
  readonly domain: string | null;
}

const KNOWN = new Set(['v', 'p', 'sp', 'np', 't', 'adkim', 'aspf', 'psd', 'rua', 'ruf', 'fo']);

/** True for a TXT record that claims to be DMARC: `v=DMARC1` is its first tag (RFC 9989 §4.7). */
export function isDmarc(text: string): boolean {
  return /^v\s*=\s*DMARC1\s*(?:;|$)/.test(text);
}

/** Reads a DMARC record. Values a receiver would ignore are ignored; what makes it ignore the record is a fault. */
export function readDmarc(text: string): DmarcRecord | RecordFault {
  if (!isDmarc(text)) return { fault: 'does not begin with "v=DMARC1;"', at: 0 };
  const tags = readTagList(text);
  if ('fault' in tags) return tags;
  const aggregateTo = reportAddresses(tagValue(tags, 'rua') ?? '');
  const p = policyOf(tags, 'p');
  if (p === undefined || p === 'bad') {
    // RFC 9989 §4.7: without a usable p the record counts as p=none if it asks for reports, else not at all.
    if (aggregateTo.length === 0)
      return {
        fault: p === 'bad' ? 'has a p that is not none, quarantine or reject' : 'has no p',
        at: tags.find((tag) => tag.name === 'p')?.at ?? 0,
      };
  }
  const sp = policyOf(tags, 'sp');
  const np = policyOf(tags, 'np');
  const bad = [sp === 'bad' ? 'sp' : null, np === 'bad' ? 'np' : null].find((name) => name !== null);
  if (bad !== undefined)
    return {
      fault: `has a ${bad} that is not none, quarantine or reject`,
      at: tags.find((tag) => tag.name === bad)?.at ?? 0,
    };
  const psd = (tagValue(tags, 'psd') ?? 'u').toLowerCase();
  const percent = tagValue(tags, 'pct');
  return {
    policy: p === undefined || p === 'bad' ? 'none' : p,
    subdomainPolicy: (sp as DmarcPolicy | undefined) ?? null,
    absentPolicy: (np as DmarcPolicy | undefined) ?? null,
    testing: tagValue(tags, 't')?.toLowerCase() === 'y',
    strictDkim: tagValue(tags, 'adkim')?.toLowerCase() === 's',
    strictSpf: tagValue(tags, 'aspf')?.toLowerCase() === 's',
    publicSuffix: psd === 'y' || psd === 'n' ? psd : 'u',
    aggregateTo,
    failureTo: reportAddresses(tagValue(tags, 'ruf') ?? ''),
    ignored: tags.filter(({ name }) => !KNOWN.has(name)).map(({ name }) => name),
    percent: percent !== undefined && /^\d{1,3}$/.test(percent) ? Number(percent) : null,
  };
}

function policyOf(tags: readonly Tag[], name: string): DmarcPolicy | 'bad' | undefined {
  const value = tagValue(tags, name)?.toLowerCase();
  if (value === undefined) return undefined;
  return value === 'none' || value === 'quarantine' || value === 'reject' ? value : 'bad';
}

/** URIs separated by commas, each perhaps with RFC 7489's size limit `!10m`. */
export function reportAddresses(text: string): ReportAddress[] {
  return text
    .split(',')
    .slice(0, 20)
    .map((part) => part.trim().replace(/!\d+[kmgt]?$/i, ''))
    .filter((uri) => uri !== '')
    .map((uri) => {
      const domain = /^mailto:[^@\s]+@([^?\s]+)/i.exec(uri)?.[1];
      return { uri, domain: domain === undefined ? null : domain.toLowerCase() };
    });
}

/**
 * Names to ask for the DMARC record that governs `domain`, nearest first (RFC 9989 §4.10): the domain, then its parents, of long
 * names only the last seven labels, and never more than eight questions.
 */
export function dmarcTreeWalk(domain: string): string[] {
  const labels = domain.split('.');
  const names = [domain];
  const parents = labels.length > 8 ? labels.slice(-7) : labels.slice(1);
  for (let rest = parents; rest.length > 0; rest = rest.slice(1)) names.push(rest.join('.'));
  return names.slice(0, 8);
}
