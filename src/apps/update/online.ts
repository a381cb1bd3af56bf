import type { Clock } from '../../net/clock.ts';
import type { Fetch, HttpOutcome } from '../../net/http.ts';
import type { FeedBatch } from './apply.ts';
import type { FeedContext, FeedName, FeedRows } from './feed.ts';
import type { Overlay } from './overlay.ts';
import { readFeed } from './read-feed.ts';

/** What is fetched from where. A mirror answers under the same paths. */
export interface OnlineTools {
  readonly fetch: Fetch;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Stands for the scheme and host of every feed: an own mirror. */
  readonly mirror: string | null;
  /** Tells a person what is under way. */
  readonly progress: (text: string) => void;
  /** Milliseconds for one document. */
  readonly timeout: number;
}

/** What became of one feed. */
export type FeedOutcome =
  | { readonly feed: FeedName; readonly kind: 'read'; readonly batch: FeedBatch }
  | { readonly feed: FeedName; readonly kind: 'unchanged' }
  | { readonly feed: FeedName; readonly kind: 'refused'; readonly why: string };

/** Feeds that are fetched; records of the CVE list and answers of OSV are read from files only. */
export const ONLINE_FEEDS = ['kev', 'debian', 'msrc', 'endoflife', 'epss', 'nvd'] as const;
export type OnlineFeed = (typeof ONLINE_FEEDS)[number];

const MEGABYTE = 1024 * 1024;
/** Milliseconds between two questions to NVD, which takes 5 in 30 seconds. */
const NVD_PAUSE = 6_500;
/** Days of one question to NVD: 120 at the most. */
const NVD_DAYS = 119;
/** Pages of one product that are asked for. */
const NVD_PAGES = 10;
/** Months of Microsoft's documents that are fetched at once. */
const MONTHS_MAX = 12;
const DAY = 86_400_000;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');
const SUPPORT = ['msexchange', 'postfix', 'exim', 'dovecot', 'roundcube', 'proxmox-mail-gateway'];

/** The CPE names NVD is asked about: products that are found by it and change often. */
const NVD_CPES = [
  'exim:exim',
  'postfix:postfix',
  'dovecot:dovecot',
  'roundcube:webmail',
  'synacor:zimbra_collaboration_suite',
  'zimbra:collaboration',
  'sendmail:sendmail',
  'openbsd:opensmtpd',
  'cyrus:imap',
  'smartertools:smartermail',
  'icewarp:server',
  'mdaemon:mdaemon',
  'sogo:sogo',
  'fortinet:fortimail',
  'barracuda:email_security_gateway',
  'cisco:asyncos',
];

/** Fetches the feeds one after another. A feed that fails leaves the others alone. */
export async function* fetchFeeds(
  wanted: readonly OnlineFeed[],
  overlay: Overlay,
  context: FeedContext,
  tools: OnlineTools,
): AsyncGenerator<FeedOutcome> {
  for (const feed of wanted) {
    if (tools.signal.aborted) return;
    tools.progress(`${feed} …`);
    yield await FETCHERS[feed](overlay, context, tools);
  }
}

type Fetcher = (overlay: Overlay, context: FeedContext, tools: OnlineTools) => Promise<FeedOutcome>;

const FETCHERS: Readonly<Record<OnlineFeed, Fetcher>> = {
  kev: (overlay, context, tools) =>
    oneDocument(
      'kev',
      'https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
      16,
      overlay,
      context,
      tools,
    ),
  debian: (overlay, context, tools) =>
    oneDocument('debian', 'https://security-tracker.debian.org/tracker/data/json', 128, overlay, context, tools),
  epss: (overlay, context, tools) =>
    oneDocument('epss', 'https://epss.empiricalsecurity.com/epss_scores-current.csv.gz', 64, overlay, context, tools),
  endoflife: (_, context, tools) =>
    manyDocuments(
      'endoflife',
      SUPPORT.map((name) => `https://endoflife.date/api/v1/products/${name}/`),
      4,
      context,
      tools,
    ),
  msrc: (overlay, context, tools) =>
    manyDocuments(
      'msrc',
      monthsSince(
        overlay.feeds['msrc']?.at ?? context.knowledge.holesOf('exchange')?.asOf ?? '',
        tools.clock.now(),
      ).map((month) => `https://api.msrc.microsoft.com/cvrf/v3.0/cvrf/${month}`),
      32,
      context,
      tools,
    ),
  nvd: fetchNvd,
};

/** One document that is the whole feed, asked for on condition that it is newer than the last. */
async function oneDocument(
  feed: OnlineFeed,
  url: string,
  megabytes: number,
  overlay: Overlay,
  context: FeedContext,
  tools: OnlineTools,
): Promise<FeedOutcome> {
  const { etag, lastModified } = overlay.feeds[feed] ?? {};
  const answer = await ask(url, megabytes, tools, { etag: etag ?? null, lastModified: lastModified ?? null });
  if (answer.kind === 'unchanged') return { feed, kind: 'unchanged' };
  if (answer.kind === 'failed') return { feed, kind: 'refused', why: answer.why };
  const reading = readFeed(answer.body, context, feed);
  if (!reading.ok) return { feed, kind: 'refused', why: reading.why };
  const { etag: newTag, lastModified: newDate } = answer;
  return {
    feed,
    kind: 'read',
    batch: { feed, parts: [reading.rows], etag: newTag, lastModified: newDate, whole: true },
  };
}

/** Documents that hold a part each. One that is not there (a month that is not published yet) is left out; a bad one refuses all. */
async function manyDocuments(
  feed: OnlineFeed,
  urls: readonly string[],
  megabytes: number,
  context: FeedContext,
  tools: OnlineTools,
): Promise<FeedOutcome> {
  const parts: FeedRows[] = [];
  let missing: string | null = null;
  for (const url of urls) {
    const answer = await ask(url, megabytes, tools);
    if (answer.kind === 'failed') {
      missing = `${new URL(url).pathname}: ${answer.why}`;
      if (!answer.why.endsWith('404')) return { feed, kind: 'refused', why: missing };
      continue;
    }
    if (answer.kind === 'unchanged') continue;
    const reading = readFeed(answer.body, context, feed);
    if (!reading.ok) return { feed, kind: 'refused', why: `${new URL(url).pathname}: ${reading.why}` };
    parts.push(reading.rows);
  }
  if (parts.length === 0)
    return missing === null ? { feed, kind: 'unchanged' } : { feed, kind: 'refused', why: missing };
  return { feed, kind: 'read', batch: { feed, parts, whole: false } };
}

/** Records of NVD that changed since the last time, product by product and page by page, at the pace NVD asks for. */
async function fetchNvd(overlay: Overlay, context: FeedContext, tools: OnlineTools): Promise<FeedOutcome> {
  const feed = 'nvd';
  const now = tools.clock.now();
  const since = Date.parse(overlay.feeds[feed]?.at ?? '') || now - NVD_DAYS * DAY;
  const from = Math.max(since, now - NVD_DAYS * DAY);
  const parts: FeedRows[] = [];
  let asked = 0;
  for (const cpe of NVD_CPES) {
    for (let start = 0, page = 0; page < NVD_PAGES; page++) {
      if (asked++ > 0) await tools.clock.sleep(NVD_PAUSE, tools.signal);
      tools.progress(`nvd: ${cpe.split(':')[1]} …`);
      const query = new URLSearchParams({
        virtualMatchString: `cpe:2.3:a:${cpe}`,
        lastModStartDate: new Date(from).toISOString(),
        lastModEndDate: new Date(now).toISOString(),
        resultsPerPage: '2000',
        startIndex: String(start),
      });
      const answer = await ask(`https://services.nvd.nist.gov/rest/json/cves/2.0?${query}`, 64, tools);
      if (answer.kind !== 'found') {
        return {
          feed,
          kind: 'refused',
          why: `${cpe}: ${answer.kind === 'failed' ? answer.why : 'an answer without a body'}`,
        };
      }
      const reading = readFeed(answer.body, context, feed);
      if (!reading.ok) return { feed, kind: 'refused', why: `${cpe}: ${reading.why}` };
      parts.push(reading.rows);
      start += reading.rows.entries;
      if (reading.rows.entries < 2000) break;
    }
  }
  return { feed, kind: 'read', batch: { feed, parts, whole: false } };
}

function ask(
  url: string,
  megabytes: number,
  tools: OnlineTools,
  condition: { readonly etag?: string | null; readonly lastModified?: string | null } = {},
): Promise<HttpOutcome> {
  const { mirror, fetch, timeout, signal } = tools;
  const { pathname, search } = new URL(url);
  const from = mirror === null ? url : `${mirror.replace(/\/+$/, '')}${pathname}${search}`;
  return fetch(from, {
    ...condition,
    accept: 'application/json, text/csv',
    limits: { bytes: megabytes * MEGABYTE, timeout },
    signal,
  });
}

/** `2026-Aug` for every month from that of a day to now. */
export function monthsSince(day: string, now: number): string[] {
  const start = Number.isNaN(Date.parse(day)) ? new Date(now) : new Date(day);
  const end = new Date(now);
  const first = start.getUTCFullYear() * 12 + start.getUTCMonth();
  const last = end.getUTCFullYear() * 12 + end.getUTCMonth();
  const months: string[] = [];
  for (let at = Math.max(first, last - MONTHS_MAX + 1); at <= last; at++) {
    months.push(`${Math.floor(at / 12)}-${MONTHS[at % 12]}`);
  }
  return months;
}
