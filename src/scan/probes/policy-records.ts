import { UnreachedError } from '../../finding/unreached.ts';
import type { DnsAnswer } from '../../net/resolver.ts';
import { dmarcTreeWalk, isDmarc, readDmarc } from '../../wire/dns/dmarc.ts';
import { isMtaSts } from '../../wire/dns/mta-sts.ts';
import { isTlsRpt } from '../../wire/dns/tls-rpt.ts';
import type { DomainTarget, Probe, ScanTools } from '../probe.ts';
import type { Asked } from './mail-map.ts';
import { type SpfCost, walkSpf } from './spf-walk.ts';

/** The policies a domain publishes about its mail. Each part is known, or says why it could not be asked for. */
export interface PolicyRecordsSeen {
  /** TXT records of the domain that claim to be SPF. */
  readonly spf: Asked<readonly string[]>;
  /** What evaluating the one SPF record costs and covers; null unless there is exactly one. */
  readonly spfCost: SpfCost | null;
  readonly dmarc: Asked<DmarcSeen>;
  readonly mtaSts: Asked<readonly string[]>;
  readonly tlsRpt: Asked<readonly string[]>;
}

export interface DmarcSeen {
  /** The name whose records govern the domain: its own `_dmarc` name or that of a parent. */
  readonly name: string;
  /** True if the records stand at the domain itself. */
  readonly own: boolean;
  readonly records: readonly string[];
  /** For each foreign domain that reports go to: whether it agreed (RFC 9990 §4). */
  readonly external: readonly { readonly domain: string; readonly agreed: Asked<boolean> }[];
}

/** TXT records kept of one name, and characters of each: a zone must not decide how large a dossier is. */
const TXT_KEPT = 20;
const TXT_LENGTH = 4_096;
const EXTERNAL_MAX = 5;

/** Reads the policy records of a domain: SPF, DMARC, MTA-STS and TLS-RPT. */
export const policyRecords: Probe<'policy-records', DomainTarget, PolicyRecordsSeen> = {
  name: 'policy-records',
  connections: 0,
  async look({ domain }, tools) {
    const [spf, dmarc, mtaSts, tlsRpt] = await Promise.all([
      texts(domain, isSpfLike, tools),
      lookAtDmarc(domain, tools),
      texts(`_mta-sts.${domain}`, isMtaSts, tools),
      texts(`_smtp._tls.${domain}`, isTlsRpt, tools),
    ]);
    // Nothing at all was answered: that is no look.
    if ([spf, dmarc, mtaSts, tlsRpt].every(({ state }) => state === 'unknown') && spf.state === 'unknown')
      throw new UnreachedError(spf.reason, spf.detail);
    const only = spf.state === 'known' && spf.value.length === 1 ? (spf.value[0] as string) : null;
    return { spf, spfCost: only === null ? null : await walkSpf(domain, only, tools), dmarc, mtaSts, tlsRpt };
  },
  *missed({ spf, spfCost, dmarc, mtaSts, tlsRpt }) {
    const parts = { SPF: spf, DMARC: dmarc, 'MTA-STS': mtaSts, 'TLS-RPT': tlsRpt };
    for (const [part, { reason, detail }] of Object.entries(parts).flatMap(unknownParts))
      yield { part, reason, detail };
    const incomplete = spfCost?.incomplete;
    if (incomplete) yield { part: `SPF (${incomplete.what})`, reason: incomplete.reason, detail: incomplete.detail };
    for (const { domain, agreed } of dmarc.state === 'known' ? dmarc.value.external : [])
      if (agreed.state === 'unknown')
        yield { part: `the consent of ${domain} to DMARC reports`, reason: agreed.reason, detail: agreed.detail };
  },
};

type Unknown = Extract<Asked<never>, { state: 'unknown' }>;

function unknownParts([part, asked]: readonly [string, Asked<unknown>]): (readonly [string, Unknown])[] {
  return asked.state === 'unknown' ? [[part, asked]] : [];
}

/** `v=spf1` with anything behind it: a record that only looks like SPF is a mistake worth telling. */
function isSpfLike(text: string): boolean {
  return /^\s*"?v\s*=\s*spf1/i.test(text);
}

async function texts(
  name: string,
  wanted: (text: string) => boolean,
  tools: ScanTools,
): Promise<Asked<readonly string[]>> {
  const answer = await tools.resolver.query(name, 'TXT', tools.signal === undefined ? {} : { signal: tools.signal });
  return answer.status === 'failed' ? unknown(answer) : { state: 'known', value: textsOf(answer, wanted) };
}

/** The wanted TXT records of an answer. Records that begin otherwise are no policy records, whatever they hold. */
function textsOf(answer: DnsAnswer, wanted: (text: string) => boolean): string[] {
  if (answer.status !== 'found') return [];
  const all = answer.records.flatMap((record) => (record.type === 'TXT' ? [record.text] : []));
  return all
    .filter(wanted)
    .slice(0, TXT_KEPT)
    .map((text) => text.slice(0, TXT_LENGTH));
}

function unknown(answer: Extract<DnsAnswer, { status: 'failed' }>): Unknown {
  return { state: 'unknown', reason: answer.reason, detail: answer.detail };
}

async function lookAtDmarc(domain: string, tools: ScanTools): Promise<Asked<DmarcSeen>> {
  for (const parent of dmarcTreeWalk(domain)) {
    const name = `_dmarc.${parent}`;
    const found = await texts(name, isDmarc, tools);
    // A parent cannot be asked instead: an unanswered question may have hidden the record that counts.
    if (found.state === 'unknown') return found;
    if (found.value.length === 0) continue;
    const [record] = found.value;
    const read = found.value.length === 1 && record !== undefined ? readDmarc(record) : null;
    const external =
      read === null || 'fault' in read ? [] : await agreements(domain, [...read.aggregateTo, ...read.failureTo], tools);
    return { state: 'known', value: { name, own: parent === domain, records: found.value, external } };
  }
  return { state: 'known', value: { name: `_dmarc.${domain}`, own: true, records: [], external: [] } };
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
      const answer = await texts(`${domain}._report._dmarc.${to}`, isDmarc, tools);
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
