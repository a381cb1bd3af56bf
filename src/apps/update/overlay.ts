import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type AffectedLine,
  type DebianFix,
  type ExchangeBuildRow,
  embeddedHoles,
  type HoleKnowledge,
  type ProductHoles,
  type SupportCycle,
  type VulnerabilityRow,
} from '../../knowledge/load-vulnerabilities.ts';
import { buildKey, compareBuilds } from '../../platform/exchange-build.ts';

/** What feeds say beyond the knowledge that comes with mailward. It is laid over that, and takes nothing away from it. */
export interface Overlay {
  readonly schema: typeof OVERLAY_SCHEMA;
  /** ISO time of the update that wrote it; null for none yet. */
  readonly updatedAt: string | null;
  /** What was last taken from each feed. */
  readonly feeds: Readonly<Record<string, FeedState>>;
  /** Known to be exploited, by CVE: since when listed, when due, used for ransom. */
  readonly kev: Readonly<Record<string, readonly [string, string | null, string | null]>>;
  /** Probability of exploitation by CVE, with the day it is of. */
  readonly epss: Readonly<Record<string, readonly [number, string]>>;
  /** Rows by product and then CVE. */
  readonly rows: Readonly<Record<string, Readonly<Record<string, VulnerabilityRow>>>>;
  /** Fixes of packages by product, and by CVE, source and suite within. */
  readonly debian: Readonly<Record<string, Readonly<Record<string, DebianFix>>>>;
  /** Builds of Exchange by build. */
  readonly builds: Readonly<Record<string, ExchangeBuildRow>>;
  /** Support cycles by product. */
  readonly support: Readonly<Record<string, readonly SupportCycle[]>>;
}

export interface FeedState {
  /** ISO time. */
  readonly at: string;
  /** Entries that the feed held, ours or not: a feed that shrinks much is refused. */
  readonly entries: number;
  readonly etag?: string;
  readonly lastModified?: string;
}

export const OVERLAY_SCHEMA = 'mailward/knowledge-overlay/1';
export const EMPTY_OVERLAY: Overlay = {
  schema: OVERLAY_SCHEMA,
  updatedAt: null,
  feeds: {},
  kev: {},
  epss: {},
  rows: {},
  debian: {},
  builds: {},
  support: {},
};

/** Folder of the overlay within the data folder. */
export function overlayFolder(data: string): string {
  return join(data, 'knowledge');
}

/** Reads the overlay of a data folder. A missing one is empty; one that cannot be read is empty too, and `fault` says why. */
export function readOverlay(data: string): { readonly overlay: Overlay; readonly fault: string | null } {
  const path = join(overlayFolder(data), 'overlay.json');
  try {
    const overlay = JSON.parse(readFileSync(path, 'utf8')) as Partial<Overlay>;
    if (overlay.schema !== OVERLAY_SCHEMA) return { overlay: EMPTY_OVERLAY, fault: `${path} is of another schema` };
    return { overlay: { ...EMPTY_OVERLAY, ...overlay }, fault: null };
  } catch (fault) {
    const { code } = fault as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return { overlay: EMPTY_OVERLAY, fault: null };
    return { overlay: EMPTY_OVERLAY, fault: `${path} cannot be read: ${(fault as Error).message}` };
  }
}

/** The knowledge that comes with mailward with the updates of a data folder over it. */
export function knowledgeOf(data: string, note: (text: string) => void): HoleKnowledge {
  const { overlay, fault } = readOverlay(data);
  if (fault !== null) note(`the updates are left out: ${fault}`);
  return overlay.updatedAt === null ? embeddedHoles() : layOver(embeddedHoles(), overlay);
}

/**
 * Lays an overlay over a base, by CVE and product. A curated range stays whatever a feed says; a feed adds holes, scores,
 * flags, builds of further lines, package fixes and support dates.
 */
export function layOver(base: HoleKnowledge, overlay: Overlay): HoleKnowledge {
  const holes = new Map<string, ProductHoles | null>();
  let builds: readonly ExchangeBuildRow[] | undefined;
  return {
    holesOf(product) {
      let laid = holes.get(product);
      if (laid === undefined) {
        laid = layProduct(product, base.holesOf(product), overlay);
        holes.set(product, laid);
      }
      return laid;
    },
    exchangeBuilds() {
      builds ??= layBuilds(base.exchangeBuilds(), Object.values(overlay.builds));
      return builds;
    },
    supportOf(product) {
      const newer = overlay.support[product] ?? [];
      const named = new Set(newer.map((cycle) => cycle.cycle));
      return [...newer, ...base.supportOf(product).filter((cycle) => !named.has(cycle.cycle))];
    },
  };
}

function layProduct(product: string, base: ProductHoles | null, overlay: Overlay): ProductHoles | null {
  const fed = overlay.rows[product] ?? {};
  const fixes = Object.values(overlay.debian[product] ?? {});
  if (base === null && Object.keys(fed).length === 0) return null;
  const known = new Set((base?.rows ?? []).map((row) => row.id));
  const rows = [
    ...(base?.rows ?? []).map((row) => mergeRow(row, fed[row.id])),
    ...Object.values(fed).filter((row) => !known.has(row.id)),
  ];
  return {
    product,
    asOf: overlay.updatedAt?.slice(0, 10) ?? base?.asOf ?? '',
    ...(base?.debianCurrent === undefined ? {} : { debianCurrent: base.debianCurrent }),
    rows: rows.map((row) => flag(row, overlay)),
    // The tracker knows more than the changelogs: what it says comes first.
    debian: [...fixes, ...(base?.debian ?? [])],
  };
}

/** A row with what a feed adds. Ranges that a person read stay; those of NVD's structure give way to newer ones. */
export function mergeRow(base: VulnerabilityRow, fed: VulnerabilityRow | undefined): VulnerabilityRow {
  if (fed === undefined) return base;
  const fedRanges = fed.ranges ?? [];
  const { ranges, versions } =
    base.nvd !== undefined && fedRanges.length > 0 ? { ranges: fedRanges, versions: fed.versions } : base;
  const lines = mergeLines(base.lines, fed.lines);
  return {
    ...fed,
    ...base,
    ...(ranges === undefined ? {} : { ranges }),
    ...(versions === undefined ? {} : { versions }),
    ...(lines === undefined ? {} : { lines }),
    sources: [...new Set([...base.sources, ...fed.sources])],
  };
}

function mergeLines(
  base: readonly AffectedLine[] | undefined,
  fed: readonly AffectedLine[] | undefined,
): readonly AffectedLine[] | undefined {
  if (base === undefined || fed === undefined) return base ?? fed;
  const kept = base.map((entry) =>
    entry.fixed === undefined && entry.how !== 'configuration'
      ? (fed.find((other) => other.line === entry.line && other.fixed !== undefined) ?? entry)
      : entry,
  );
  return [...kept, ...fed.filter((other) => !base.some((entry) => entry.line === other.line))];
}

function flag(row: VulnerabilityRow, overlay: Overlay): VulnerabilityRow {
  const kev = overlay.kev[row.id];
  const epss = overlay.epss[row.id];
  if (kev === undefined && epss === undefined) return row;
  return { ...row, ...(kev === undefined ? {} : { kev }), ...(epss === undefined ? {} : { epss: epss[0] }) };
}

/** Builds in their order, generation by generation as the base has them. */
function layBuilds(base: readonly ExchangeBuildRow[], fed: readonly ExchangeBuildRow[]): readonly ExchangeBuildRow[] {
  const known = new Set(base.map((row) => row.build));
  const further = fed.filter((row) => !known.has(row.build));
  if (further.length === 0) return base;
  const generations = [...new Set(base.map((row) => row.generation))];
  return generations.flatMap((generation) =>
    [...base, ...further]
      .filter((row) => row.generation === generation)
      .sort((a, b) => compareBuilds(buildKey(a.build), buildKey(b.build))),
  );
}
