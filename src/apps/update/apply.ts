import type { VulnerabilityRow } from '../../knowledge/load-vulnerabilities.ts';
import { FEED_NAMES, type FeedName, type FeedRows } from './feed.ts';
import { mergeRow, type Overlay } from './overlay.ts';

/** Everything that was read of one feed in one update: one file, or the pages of an answer. */
export interface FeedBatch {
  readonly feed: FeedName;
  readonly parts: readonly FeedRows[];
  readonly etag?: string | null;
  readonly lastModified?: string | null;
  /** True if it is the whole feed, so that its size can be held against the last. */
  readonly whole: boolean;
}

/** A feed that has lost more than this share of its entries since the last update is not believed. */
const SHRINK_MOST = 0.2;
/** Feeds that come whole every time, so that a smaller one is a sign of a fault. */
const WHOLE: ReadonlySet<FeedName> = new Set(['kev', 'debian', 'epss']);

/** Why a batch is not believed beside the last one of its feed; null if it is. */
export function shrunken(overlay: Overlay, { feed, parts, whole }: FeedBatch): string | null {
  const before = overlay.feeds[feed]?.entries;
  const entries = entriesOf(parts);
  if (!whole || !WHOLE.has(feed) || before === undefined || entries >= before * (1 - SHRINK_MOST)) return null;
  return `it has shrunk from ${before} entries to ${entries}`;
}

function entriesOf(parts: readonly FeedRows[]): number {
  return parts.reduce((sum, part) => sum + part.entries, 0);
}

/** The overlay with what the feeds say, laid in their fixed order whatever the order they came in. */
export function applyFeeds(overlay: Overlay, batches: readonly FeedBatch[], now: string): Overlay {
  const order = (batch: FeedBatch) => FEED_NAMES.indexOf(batch.feed);
  return [...batches].sort((a, b) => order(a) - order(b)).reduce((laid, batch) => applyOne(laid, batch, now), overlay);
}

function applyOne(overlay: Overlay, batch: FeedBatch, now: string): Overlay {
  // The whole catalogue stands for itself: what was taken off it is no longer flagged by an update.
  const kev: Record<string, Overlay['kev'][string]> = batch.feed === 'kev' && batch.whole ? {} : { ...overlay.kev };
  const epss = { ...overlay.epss };
  const rows: Record<string, Record<string, VulnerabilityRow>> = { ...overlay.rows } as never;
  const debian: Record<string, Record<string, Overlay['debian'][string][string]>> = { ...overlay.debian } as never;
  const builds = { ...overlay.builds };
  const support = { ...overlay.support };
  for (const part of batch.parts) {
    for (const [id, listed] of part.kev ?? []) kev[id] = [listed[0], listed[1], listed[2] ?? kev[id]?.[2] ?? null];
    for (const [id, score, day] of part.epss ?? []) epss[id] = [score, day];
    for (const { product, row } of part.rows ?? []) {
      const ofProduct = { ...rows[product] };
      const before = ofProduct[row.id];
      // The newer word of the same feed counts; what another feed added stays beside it.
      ofProduct[row.id] = before === undefined ? row : renewed(before, row);
      rows[product] = ofProduct;
    }
    for (const { product, fix } of part.debian ?? []) {
      debian[product] = { ...debian[product], [`${fix.id} ${fix.source} ${fix.suite}`]: fix };
    }
    for (const build of part.builds ?? []) builds[build.build] ??= build;
    if (part.support !== undefined) support[part.support.product] = part.support.cycles;
  }
  const state = {
    at: now,
    entries: entriesOf(batch.parts),
    ...(batch.etag ? { etag: batch.etag } : {}),
    ...(batch.lastModified ? { lastModified: batch.lastModified } : {}),
  };
  return {
    ...overlay,
    updatedAt: now,
    feeds: { ...overlay.feeds, [batch.feed]: state },
    kev,
    epss,
    rows,
    debian,
    builds,
    support,
  };
}

/** A row of a feed over an earlier one: what it has counts, and an empty list of ranges never takes one away. */
function renewed(before: VulnerabilityRow, row: VulnerabilityRow): VulnerabilityRow {
  const merged = mergeRow(row, before);
  const ranges = (row.ranges?.length ?? 0) > 0 ? row.ranges : before.ranges;
  return { ...merged, ...(ranges === undefined ? {} : { ranges }) };
}
