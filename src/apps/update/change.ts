import type { HoleKnowledge, VulnerabilityRow } from '../../knowledge/load-vulnerabilities.ts';
import { layOver, type Overlay } from './overlay.ts';

/** What an update changes in what mailward knows. */
export interface Change {
  /** New to the product, newest last. */
  readonly newHoles: readonly { readonly product: string; readonly row: VulnerabilityRow }[];
  /** Known holes that are now known to be exploited. */
  readonly newlyExploited: readonly { readonly product: string; readonly id: string }[];
  /** Known holes with another range, line, score or question. */
  readonly changedHoles: readonly { readonly product: string; readonly id: string }[];
  readonly packageFixes: number;
  readonly builds: readonly string[];
  readonly supportDates: number;
  readonly scores: number;
}

/** Compares two overlays over the same base: what a judgement could come out differently for. */
export function changeBetween(base: HoleKnowledge, before: Overlay, after: Overlay): Change {
  const old = layOver(base, before);
  const young = layOver(base, after);
  const products = new Set([
    ...Object.keys(after.rows),
    ...Object.keys(before.rows),
    ...productsOf(base, before, after),
  ]);
  const newHoles: { product: string; row: VulnerabilityRow }[] = [];
  const newlyExploited: { product: string; id: string }[] = [];
  const changedHoles: { product: string; id: string }[] = [];
  for (const product of [...products].sort()) {
    const was = new Map((old.holesOf(product)?.rows ?? []).map((row) => [row.id, row]));
    for (const row of young.holesOf(product)?.rows ?? []) {
      const earlier = was.get(row.id);
      if (earlier === undefined) newHoles.push({ product, row });
      else if (row.kev !== undefined && earlier.kev === undefined) newlyExploited.push({ product, id: row.id });
      else if (weighed(earlier) !== weighed(row)) changedHoles.push({ product, id: row.id });
    }
  }
  return {
    newHoles,
    newlyExploited,
    changedHoles,
    packageFixes: differences(before.debian, after.debian),
    builds: Object.keys(after.builds).filter((build) => before.builds[build] === undefined),
    supportDates: differences(before.support, after.support),
    scores: Object.keys(after.epss).filter((id) => after.epss[id]?.[0] !== before.epss[id]?.[0]).length,
  };
}

export function isNothing(change: Change): boolean {
  const { newHoles, newlyExploited, changedHoles, packageFixes, builds, supportDates, scores } = change;
  return (
    newHoles.length +
      newlyExploited.length +
      changedHoles.length +
      packageFixes +
      builds.length +
      supportDates +
      scores ===
    0
  );
}

/** Products of the base whose flags may have changed: every product, if there are new flags at all. */
function productsOf(base: HoleKnowledge, before: Overlay, after: Overlay): string[] {
  const changed = Object.keys(after.kev).some((id) => before.kev[id] === undefined);
  return changed ? PRODUCTS.filter((product) => base.holesOf(product) !== null) : [];
}

/** Products whose holes a catalogue of exploited ones may name. */
const PRODUCTS =
  'afterlogic apache-james axigen barracuda-esg cisco-esa clamav clearswift communigate courier cyrus-imapd domino dovecot exchange exim fetchmail fortimail groupwise haraka hmailserver horde icewarp imail kerio-connect libraesva-esg libspf2 mailcleaner mailcow mailenable mailman2 mailman3 mdaemon opensmtpd openxchange postfix proofpoint-pps proxmox-mg qmail rainloop roundcube rspamd sendmail smartermail sogo sonicwall-es sophos-es-appliance sophos-puremessage sophos-utm spamassassin squirrelmail stalwart surgemail symantec-mg trendmicro-imsva zimbra'.split(
    ' ',
  );

function weighed({ ranges, versions, lines, cvss, kev, question }: VulnerabilityRow): string {
  return JSON.stringify([ranges, versions, lines, cvss?.[0], kev?.[0], question]);
}

/** Entries of the second level that are new or other. */
function differences(before: object, after: object): number {
  let count = 0;
  for (const [name, entries] of Object.entries(after)) {
    const was = (before as Record<string, Record<string, unknown>>)[name] ?? {};
    for (const [key, value] of Object.entries(entries as object)) {
      if (JSON.stringify(was[key]) !== JSON.stringify(value)) count += 1;
    }
  }
  return count;
}
