import { dmarcTreeWalk, governing, isDmarc, readDmarc, type WalkedName } from '../../wire/dns/dmarc.ts';
import type { ScanTools } from '../probe.ts';
import type { Asked } from './mail-map.ts';
import { askTexts } from './texts.ts';

/** The DMARC records that count for a domain. */
export interface DmarcSeen {
  /** The name whose records govern the domain: its own `_dmarc` name or that of a parent. */
  readonly name: string;
  /** True if the records stand at the domain itself. */
  readonly own: boolean;
  readonly records: readonly string[];
  /** For each foreign domain that reports go to: whether it agreed (RFC 9990 §4). */
  readonly external: readonly { readonly domain: string; readonly agreed: Asked<boolean> }[];
}

/** Foreign domains that are asked for their consent. */
const EXTERNAL_MAX = 5;

/**
 * Looks for the DMARC policy of a domain as receivers do (RFC 9989 §4.10.1): its own record, else that of the domain it belongs to, else
 * that of the registry above. Records that nobody can use are told where no usable one is.
 */
export async function walkDmarc(domain: string, tools: ScanTools): Promise<Asked<DmarcSeen>> {
  const walked: (WalkedName & { readonly texts: readonly string[] })[] = [];
  for (const name of dmarcTreeWalk(domain)) {
    const found = await askTexts(`_dmarc.${name}`, isDmarc, tools);
    // A parent cannot be asked instead: an unanswered question may have hidden the record that counts.
    if (found.state === 'unknown') return found;
    const one = { name, texts: found.value, record: onlyRecord(found.value) };
    walked.push(one);
    if (name === domain && found.value.length > 0) break;
    // RFC 9989 §4.10: psd=y and psd=n end the walk.
    if (one.record !== null && one.record.publicSuffix !== 'u') break;
  }
  const counts = governing(walked)?.name ?? walked.find(({ texts }) => texts.length > 0)?.name ?? domain;
  const records = walked.find(({ name }) => name === counts)?.texts ?? [];
  const record = onlyRecord(records);
  const external = record === null ? [] : await agreements(domain, [...record.aggregateTo, ...record.failureTo], tools);
  return { state: 'known', value: { name: `_dmarc.${counts}`, own: counts === domain, records, external } };
}

/** The record, if there is one alone and it can be read: several count as none (RFC 9989 §4.10.1). */
function onlyRecord(texts: readonly string[]): WalkedName['record'] {
  const [text] = texts;
  if (text === undefined || texts.length > 1) return null;
  const read = readDmarc(text);
  return 'fault' in read ? null : read;
}

/** Asks every foreign domain that reports go to whether it wants them (RFC 9990 §4). */
async function agreements(
  domain: string,
  addresses: readonly { readonly domain: string | null }[],
  tools: ScanTools,
): Promise<DmarcSeen['external']> {
  const foreign = new Set(addresses.flatMap(({ domain: to }) => (to === null || sameOwner(to, domain) ? [] : [to])));
  return Promise.all(
    [...foreign].slice(0, EXTERNAL_MAX).map(async (to) => {
      const answer = await askTexts(`${domain}._report._dmarc.${to}`, isDmarc, tools);
      return {
        domain: to,
        agreed: answer.state === 'unknown' ? answer : ({ state: 'known', value: answer.value.length > 0 } as const),
      };
    }),
  );
}

/** One of two names is the other, or lies below it. */
function sameOwner(a: string, b: string): boolean {
  return a === b || a.endsWith(`.${b}`) || b.endsWith(`.${a}`);
}
