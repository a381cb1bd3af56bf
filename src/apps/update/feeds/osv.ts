import { z } from 'zod';
import type { AffectedRange, DebianFix, VulnerabilityRow } from '../../../knowledge/load-vulnerabilities.ts';
import { type FeedContext, type FeedRows, isCve, oneLine } from '../feed.ts';
import { reachOf } from './vector.ts';

const bounded = (most: number) => z.string().max(most);

const entry = z.object({
  id: bounded(80),
  aliases: z.array(bounded(80)).max(100).default([]),
  upstream: z.array(bounded(80)).max(100).default([]),
  published: bounded(40).nullish(),
  withdrawn: bounded(40).nullish(),
  summary: bounded(5_000).nullish(),
  affected: z
    .array(
      z.object({
        package: z.object({ ecosystem: bounded(60), name: bounded(200) }),
        ranges: z
          .array(z.object({ type: bounded(20), events: z.array(z.record(z.string(), bounded(200))).max(1_000) }))
          .max(1_000)
          .default([]),
      }),
    )
    .max(5_000)
    .default([]),
  severity: z
    .array(z.object({ type: bounded(20), score: bounded(200) }))
    .max(20)
    .default([]),
});
const answer = z.union([z.object({ vulns: z.array(entry).max(20_000) }), entry]);

type Entry = z.infer<typeof entry>;

/** Products by their packages outside of distributions. */
const PACKAGES: Readonly<Record<string, string>> = {
  'Packagist roundcube/roundcubemail': 'roundcube',
  'npm haraka': 'haraka',
  'PyPI mailman': 'mailman3',
  'PyPI aiosmtpd': 'aiosmtpd',
};

/** Debian releases by the number OSV gives them. */
const SUITES: Readonly<Record<string, string>> = { '10': 'buster', '11': 'bullseye', '12': 'bookworm', '13': 'trixie' };

export function readOsv(json: unknown, context: FeedContext): FeedRows {
  const read = answer.parse(json);
  const entries = 'vulns' in read ? read.vulns : [read];
  const rows: { product: string; row: VulnerabilityRow }[] = [];
  const debian: { product: string; fix: DebianFix }[] = [];
  for (const one of entries) {
    if (one.withdrawn) continue;
    const id = [one.id, ...one.upstream, ...one.aliases].find(isCve);
    if (id === undefined) continue;
    for (const { package: named, ranges } of one.affected) {
      const bounds = ranges.filter(({ type }) => type !== 'GIT').flatMap(({ events }) => boundsOf(events));
      const release = /^Debian:(\d+)$/.exec(named.ecosystem)?.[1];
      const product =
        release !== undefined
          ? context.productOfSource.get(named.name)
          : (PACKAGES[`${named.ecosystem} ${named.name}`] ??
            PACKAGES[`${named.ecosystem} ${named.name.toLowerCase()}`] ??
            jamesOf(named));
      if (product === undefined) continue;
      if (release !== undefined)
        debian.push({ product, fix: fixOf(id, named.name, SUITES[release] ?? release, bounds) });
      else rows.push({ product, row: rowOf(id, one, bounds) });
    }
  }
  return { entries: entries.length, rows, debian };
}

function jamesOf({ ecosystem, name }: { readonly ecosystem: string; readonly name: string }): string | undefined {
  return ecosystem === 'Maven' && name.startsWith('org.apache.james:james-server') ? 'apache-james' : undefined;
}

/** Pairs of events as ranges; an `introduced` of 0 is no bound. */
function boundsOf(events: readonly Readonly<Record<string, string>>[]): AffectedRange[] {
  const ranges: AffectedRange[] = [];
  let from: string | null = null;
  for (const event of events) {
    const { introduced, fixed, last_affected: last } = event;
    if (introduced !== undefined) from = introduced;
    if (fixed === undefined && last === undefined) continue;
    ranges.push({
      ...(from === null || from === '0' ? {} : { from }),
      ...(fixed === undefined ? {} : { fixed }),
      ...(last === undefined ? {} : { last }),
    });
    from = null;
  }
  if (from !== null) ranges.push(from === '0' ? { unknown: true } : { from, unknown: true });
  return ranges;
}

function fixOf(id: string, source: string, suite: string, bounds: readonly AffectedRange[]): DebianFix {
  const fixed = bounds.find((range) => range.fixed !== undefined)?.fixed;
  return fixed === undefined ? { id, source, suite, open: true } : { id, source, suite, fixed };
}

function rowOf(id: string, one: Entry, ranges: readonly AffectedRange[]): VulnerabilityRow {
  const gain = one.summary ? oneLine(one.summary, 240) : null;
  const vector = one.severity.find(({ type }) => type === 'CVSS_V3')?.score ?? null;
  return {
    id,
    ...(one.published ? { published: one.published.slice(0, 10) } : {}),
    ranges,
    ...(gain === null ? {} : { gain }),
    ...reachOf(vector),
    sources: ['osv'],
  };
}
