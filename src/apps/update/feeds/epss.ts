import { z } from 'zod';
import { type FeedContext, type FeedRows, isCve } from '../feed.ts';

const answer = z.object({
  total: z.number().int().nonnegative(),
  data: z.array(z.object({ cve: z.string(), epss: z.string(), date: z.string() })).max(100_000),
});

/** Rows of the daily file; more is no EPSS. */
const ROWS_MAX = 2_000_000;

/** FIRST's answer in JSON: numbers are texts there. */
export function readEpssJson(json: unknown, { knownIds }: FeedContext): FeedRows {
  const { data } = answer.parse(json);
  const epss = data.flatMap(({ cve, epss: text, date }) => scored(cve, text, date.slice(0, 10), knownIds));
  return { entries: data.length, epss };
}

/** The daily file: a comment with the day, a heading, then `cve,epss,percentile`. */
export function readEpssCsv(text: string, { knownIds }: FeedContext): FeedRows {
  const day = /^#[^\n]{0,200}score_date:(\d{4}-\d\d-\d\d)/.exec(text)?.[1];
  if (day === undefined) throw new Error('the first line names no score_date');
  const lines = text.split('\n');
  if (lines[1]?.trim() !== 'cve,epss,percentile') throw new Error('the second line is not cve,epss,percentile');
  if (lines.length > ROWS_MAX) throw new Error(`it has more than ${ROWS_MAX} rows`);
  let entries = 0;
  const epss: [string, number, string][] = [];
  for (const line of lines.slice(2)) {
    if (line.trim() === '') continue;
    const [cve = '', score = '', percentile] = line.trim().split(',');
    if (!isCve(cve) || percentile === undefined) throw new Error(`row ${entries + 3} is cut off or not of EPSS`);
    entries += 1;
    epss.push(...scored(cve, score, day, knownIds));
  }
  return { entries, epss };
}

function scored(cve: string, text: string, day: string, known: ReadonlySet<string>): [string, number, string][] {
  const score = Number(text);
  if (!isCve(cve) || !(score >= 0 && score <= 1)) throw new Error(`${cve.slice(0, 40)} has no score between 0 and 1`);
  return known.has(cve) ? [[cve, score, day]] : [];
}
