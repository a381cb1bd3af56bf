import { z } from 'zod';
import type { ExchangeBuildRow, SupportCycle } from '../../../knowledge/load-vulnerabilities.ts';
import { buildKey, generationOf, startsWith } from '../../../platform/exchange-build.ts';
import type { FeedContext, FeedRows } from '../feed.ts';
import { updateName } from './exchange-update.ts';

const DAY = z
  .string()
  .regex(/^\d{4}-\d\d-\d\d$/)
  .nullish();

/** endoflife.date, version 1 of its interface. */
const answer = z.object({
  schema_version: z.string().max(20),
  result: z.object({
    name: z.string().regex(/^[a-z0-9-]{1,60}$/),
    releases: z
      .array(
        z.object({
          name: z.string().min(1).max(60),
          releaseDate: DAY,
          isEoas: z.boolean().nullish(),
          eoasFrom: DAY,
          isEol: z.boolean(),
          eolFrom: DAY,
          isEoes: z.boolean().nullish(),
          eoesFrom: DAY,
          latest: z.object({ name: z.string().max(60), date: DAY }).nullish(),
        }),
      )
      .min(1)
      .max(2_000),
  }),
});

export function readEndoflife(json: unknown, context: FeedContext): FeedRows {
  const { name, releases } = answer.parse(json).result;
  const cycles = releases.map((release): SupportCycle => {
    const support = {
      released: release.releaseDate,
      activeSupportEnd: release.eoasFrom ?? release.isEoas,
      eol: release.eolFrom ?? release.isEol,
      extendedEnd: release.eoesFrom ?? release.isEoes,
      latest: release.latest?.name,
      latestDate: release.latest?.date,
      source: 'endoflife.date',
    };
    const known = Object.entries(support).filter(([, value]) => value !== null && value !== undefined);
    return { cycle: release.name, ...Object.fromEntries(known) };
  });
  const builds = name === 'msexchange' ? cycles.flatMap((cycle) => newestBuild(cycle, context)) : [];
  return { entries: releases.length, support: { product: name, cycles }, builds };
}

/** The newest build of a generation, where it is of a line that is known. */
function newestBuild(cycle: SupportCycle, { knowledge }: FeedContext): ExchangeBuildRow[] {
  const { latest, latestDate } = cycle;
  if (latest === undefined || latestDate === undefined || !/^\d+(?:\.\d+){3}$/.test(latest)) return [];
  const key = buildKey(latest);
  const generation = generationOf(key);
  const line = knowledge
    .exchangeBuilds()
    .find((row) => row.generation === generation && startsWith(key, buildKey(row.line)));
  if (generation === null || line === undefined || knowledge.exchangeBuilds().some((row) => row.build === latest))
    return [];
  return [
    {
      generation,
      level: line.level,
      update: updateName(latestDate),
      build: latest,
      line: line.line,
      released: latestDate,
    },
  ];
}
