import { z } from 'zod';
import type { AffectedLine, ExchangeBuildRow, VulnerabilityRow } from '../../../knowledge/load-vulnerabilities.ts';
import { buildKey, generationOf, startsWith } from '../../../platform/exchange-build.ts';
import { readExchangeBuild } from '../../../platform/exchange-reading.ts';
import { type FeedContext, type FeedRows, isCve } from '../feed.ts';
import { updateName } from './exchange-update.ts';
import { classOfImpact, cvssOf, reachOf } from './vector.ts';

/** The update guide: one entry for each CVE and affected product. */
const guide = z.object({
  '@odata.count': z.number().int().optional(),
  value: z
    .array(
      z.object({
        cveNumber: z.string(),
        product: z.string().max(300),
        releaseDate: z.string().max(40),
        impact: z.string().max(100).nullish(),
        kbArticles: z
          .array(
            z.object({ articleName: z.string().max(60).nullish(), fixedBuildNumber: z.string().max(40).nullish() }),
          )
          .max(50)
          .default([]),
      }),
    )
    .max(50_000),
});

const text = z.object({ Value: z.string().max(4_000).nullish() });
/** The monthly document. */
const monthly = z.object({
  DocumentTracking: z.object({ CurrentReleaseDate: z.string().max(40) }),
  ProductTree: z.object({
    FullProductName: z.array(z.object({ ProductID: z.string(), Value: z.string().max(300) })).max(20_000),
  }),
  Vulnerability: z
    .array(
      z.object({
        CVE: z.string(),
        Threats: z
          .array(z.object({ Type: z.number(), Description: text.nullish() }))
          .max(10_000)
          .default([]),
        CVSSScoreSets: z
          .array(z.object({ BaseScore: z.number(), Vector: z.string().max(200).nullish() }))
          .max(10_000)
          .default([]),
        Remediations: z
          .array(
            z.object({
              Type: z.number(),
              Description: text.nullish(),
              FixedBuild: z.string().max(40).nullish(),
              ProductID: z.array(z.string()).max(20_000).default([]),
            }),
          )
          .max(20_000)
          .default([]),
        ProductStatuses: z
          .array(z.object({ Type: z.number(), ProductID: z.array(z.string()).max(20_000) }))
          .max(100)
          .default([]),
        RevisionHistory: z
          .array(z.object({ Date: z.string().max(40) }))
          .max(1_000)
          .default([]),
      }),
    )
    .max(20_000),
});

/** One CVE of one Exchange product, with the build that mends it. */
interface Fix {
  readonly cve: string;
  readonly product: string;
  readonly day: string;
  readonly build: string | null;
  readonly kb: string | null;
  readonly impact: string | null;
  readonly cvss: readonly [number, string | null] | null;
}

export function readGuide(json: unknown, context: FeedContext): FeedRows {
  const { value, '@odata.count': count } = guide.parse(json);
  if (count !== undefined && count < value.length)
    throw new Error(`it says ${count} entries and holds ${value.length}`);
  const fixes = value.flatMap((entry) => {
    const article = entry.kbArticles.find((one) => one.fixedBuildNumber) ?? entry.kbArticles[0];
    return fixOf({
      cve: entry.cveNumber,
      product: entry.product,
      day: entry.releaseDate.slice(0, 10),
      build: article?.fixedBuildNumber ?? null,
      kb: article?.articleName ?? null,
      impact: entry.impact ?? null,
      cvss: null,
    });
  });
  return { entries: value.length, ...rowsOf(fixes, context) };
}

export function readMonthly(json: unknown, context: FeedContext): FeedRows {
  const document = monthly.parse(json);
  const names = new Map(document.ProductTree.FullProductName.map((product) => [product.ProductID, product.Value]));
  const fixes = document.Vulnerability.flatMap((hole) => {
    const affected = hole.ProductStatuses.filter((status) => status.Type === 3).flatMap((status) => status.ProductID);
    const day = (hole.RevisionHistory[0]?.Date ?? document.DocumentTracking.CurrentReleaseDate).slice(0, 10);
    const score = hole.CVSSScoreSets[0];
    return affected.flatMap((id) => {
      // Type 2 is a fix of the vendor.
      const remedy = hole.Remediations.find((one) => one.Type === 2 && one.ProductID.includes(id));
      return fixOf({
        cve: hole.CVE,
        product: names.get(id) ?? '',
        day,
        build: remedy?.FixedBuild ?? null,
        kb: remedy?.Description?.Value ?? null,
        impact: hole.Threats.find((threat) => threat.Type === 0)?.Description?.Value ?? null,
        cvss: score === undefined ? null : [score.BaseScore, score.Vector ?? null],
      });
    });
  });
  return { entries: document.Vulnerability.length, ...rowsOf(fixes, context) };
}

function fixOf(fix: Fix): Fix[] {
  if (!/\bExchange Server\b/.test(fix.product)) return [];
  if (!isCve(fix.cve)) throw new Error(`${JSON.stringify(fix.cve.slice(0, 40))} is no CVE`);
  if (!/^\d{4}-\d\d-\d\d$/.test(fix.day)) throw new Error(`${fix.cve} has no date`);
  return [fix];
}

function rowsOf(fixes: readonly Fix[], { knowledge }: FeedContext): Pick<FeedRows, 'rows' | 'builds'> {
  const rows = new Map<string, VulnerabilityRow>();
  const builds = new Map<string, ExchangeBuildRow>();
  const known = knowledge.exchangeBuilds();
  for (const fix of fixes) {
    // "15.02.1748.049" is 15.2.1748.49.
    const build = fix.build !== null && /^\d+(?:\.\d+){3}$/.test(fix.build) ? buildKey(fix.build).join('.') : null;
    const line = lineOf(fix.product, build, known);
    if (line === null) continue;
    const by = updateName(fix.day);
    const entry: AffectedLine = { line: line.line, how: 'msrc', ...(build === null ? {} : { fixed: build, by }) };
    const row = rows.get(fix.cve);
    rows.set(fix.cve, row === undefined ? newRow(fix, entry) : { ...row, lines: [...(row.lines ?? []), entry] });
    const generation = build === null ? null : generationOf(buildKey(build));
    if (build === null || generation === null || known.some((one) => one.build === build)) continue;
    const kb = fix.kb !== null && /^\d{6,8}$/.test(fix.kb) ? { kb: `KB${fix.kb}` } : {};
    builds.set(build, { generation, level: line.level, update: by, build, line: line.line, released: fix.day, ...kb });
  }
  return { rows: [...rows.values()].map((row) => ({ product: 'exchange', row })), builds: [...builds.values()] };
}

function lineOf(product: string, build: string | null, known: readonly ExchangeBuildRow[]): ExchangeBuildRow | null {
  if (build !== null) {
    const key = buildKey(build);
    const row = known.find((one) => startsWith(key, buildKey(one.line)));
    if (row !== undefined) return row;
  }
  const reading = readExchangeBuild(product, known);
  if (!reading.ok || reading.build.line === null) return null;
  return known.find((row) => row.line === reading.build.line) ?? null;
}

function newRow(fix: Fix, entry: AffectedLine): VulnerabilityRow {
  const [score, vector] = fix.cvss ?? [null, null];
  const impact = classOfImpact(fix.impact);
  return {
    id: fix.cve,
    published: fix.day,
    lines: [entry],
    ...(impact === null ? {} : { class: impact }),
    ...reachOf(vector),
    ...(score === null ? {} : { cvss: cvssOf(score, vector, 'msrc') }),
    sources: ['msrc'],
  };
}
