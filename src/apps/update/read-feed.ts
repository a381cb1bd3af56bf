import { gunzipSync } from 'node:zlib';
import { ZodError } from 'zod';
import { type FeedContext, type FeedName, type FeedReading, type FeedRows, oneLine } from './feed.ts';
import { readCveRecord } from './feeds/cve-record.ts';
import { readDebianTracker } from './feeds/debian-tracker.ts';
import { readEndoflife } from './feeds/endoflife.ts';
import { readEpssCsv, readEpssJson } from './feeds/epss.ts';
import { readKev } from './feeds/kev.ts';
import { readGuide, readMonthly } from './feeds/msrc.ts';
import { readNvd } from './feeds/nvd.ts';
import { readOsv } from './feeds/osv.ts';

/** Bytes of a feed, unpacked; Debian's tracker has some 70 million. */
export const FEED_BYTES_MAX = 128 * 1024 * 1024;

/** Characters of a reason. */
const WHY_MAX = 300;

type Reader = (json: unknown, context: FeedContext) => FeedRows;
type Fields = Readonly<Record<string, unknown>>;

/** How each feed is recognised: by its shape, so that a file may have any name. */
const SHAPES: readonly (readonly [FeedName, (json: Fields) => boolean, Reader])[] = [
  ['kev', (json) => 'catalogVersion' in json, readKev],
  ['nvd', (json) => json['format'] === 'NVD_CVE' || ('resultsPerPage' in json && 'vulnerabilities' in json), readNvd],
  ['cve', (json) => json['dataType'] === 'CVE_RECORD', readCveRecord],
  ['msrc', (json) => 'DocumentTracking' in json && 'Vulnerability' in json, readMonthly],
  ['msrc', (json) => Array.isArray(json['value']), readGuide],
  ['endoflife', (json) => 'result' in json && 'schema_version' in json, readEndoflife],
  ['epss', (json) => 'status-code' in json && 'data' in json, readEpssJson],
  ['osv', (json) => 'vulns' in json || ('affected' in json && 'id' in json), readOsv],
  ['debian', isTracker, readDebianTracker],
];

/** Reads what a feed sent or a file holds. Whatever it is, the answer is rows or a reason; it never throws. */
export function readFeed(bytes: Uint8Array, context: FeedContext, wanted?: FeedName): FeedReading {
  let feed: FeedName | null = wanted ?? null;
  try {
    const text = textOf(bytes);
    if (text.trim() === '') return { ok: false, feed, why: 'it is empty' };
    if (text.startsWith('#model_version') || text.startsWith('cve,epss')) {
      feed = 'epss';
      return taken(feed, readEpssCsv(text, context));
    }
    const json = parse(text);
    if (typeof json !== 'object' || json === null || Array.isArray(json))
      return { ok: false, feed, why: 'it is no feed that is known' };
    const shape = SHAPES.find(([name, fits]) => (wanted === undefined || name === wanted) && fits(json as Fields));
    if (shape === undefined)
      return {
        ok: false,
        feed,
        why: wanted === undefined ? 'it is no feed that is known' : `it has not the shape of ${wanted}`,
      };
    feed = shape[0];
    return taken(feed, shape[2](json, context));
  } catch (fault) {
    // The words of a fault may quote the feed.
    return { ok: false, feed, why: oneLine(whyOf(fault), WHY_MAX) ?? 'it cannot be read' };
  }
}

function taken(feed: FeedName, rows: FeedRows): FeedReading {
  return rows.entries === 0 && feed !== 'nvd' && feed !== 'osv' && feed !== 'msrc'
    ? { ok: false, feed, why: 'it holds no entries' }
    : { ok: true, feed, rows };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.length > FEED_BYTES_MAX) throw new Error(`it has more than ${FEED_BYTES_MAX} bytes`);
  const packed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = packed ? gunzipSync(bytes, { maxOutputLength: FEED_BYTES_MAX }) : bytes;
  return new TextDecoder('utf-8', { fatal: true }).decode(plain);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (name, value) => (name === '__proto__' ? undefined : value));
  } catch (fault) {
    throw new Error(`it is no whole JSON (${(fault as Error).message.slice(0, 120)})`, { cause: fault });
  }
}

/** Source packages with CVEs in them, and nothing else. */
function isTracker(json: Fields): boolean {
  const [first] = Object.values(json);
  return typeof first === 'object' && first !== null && Object.keys(first).some((name) => name.startsWith('CVE-'));
}

function whyOf(fault: unknown): string {
  if (fault instanceof ZodError) {
    const [issue] = fault.issues;
    return `it has not the shape it should: ${issue?.path.join('.') || 'the whole'}: ${issue?.message ?? ''}`;
  }
  if (fault instanceof TypeError && fault.message.includes('encoded data')) return 'it is no UTF-8';
  if ((fault as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return 'it unpacks to more than is taken';
  return fault instanceof Error ? fault.message : String(fault);
}
