import type { UnreachedReason } from '../../finding/unreached.ts';
import type { DnsAnswer } from '../../net/resolver.ts';
import { hasMacro, isSpf, readSpf, type SpfTerm } from '../../wire/dns/spf.ts';
import type { ScanTools } from '../probe.ts';

/** What a receiver pays for evaluating an SPF record, and whom the record lets in. */
export interface SpfCost {
  /** Terms that ask DNS, in the whole tree; receivers stop at 10 with permerror (RFC 7208 §4.6.4). */
  readonly lookups: number;
  /** Answers without a record; receivers may stop at 2. */
  readonly voids: number;
  /** IPv4 addresses that pass by `ip4`, `a` and `mx`, overlaps counted twice; at most 2^32. */
  readonly ipv4Addresses: number;
  /** The shortest prefix of an `ip6` that passes; null if none does. Absent in scans of old. */
  readonly widestIpv6?: number | null;
  /** Included domains, in order, each with what stands there. */
  readonly includes: readonly SpfInclude[];
  /** A part that could not be asked: the numbers are then the least they can be. */
  readonly incomplete: { readonly what: string; readonly reason: UnreachedReason; readonly detail: string } | null;
}

export interface SpfInclude {
  readonly domain: string;
  /** `record`, or why including it is a permerror (RFC 7208 §5.2). `macro`: known only for a given message. */
  readonly state: 'record' | 'no-record' | 'no-such-name' | 'several-records' | 'broken' | 'loop' | 'macro' | 'unknown';
}

/** Records read of one tree: a receiver stops far earlier. */
const RECORDS_MAX = 30;
const MX_NAMES = 10;
const WHOLE_IPV4 = 2 ** 32;

/** Walks the tree of includes and redirects as a receiver would, but goes on where it would stop, to tell the whole cost. */
export async function walkSpf(domain: string, record: string, tools: ScanTools): Promise<SpfCost> {
  const cost = {
    lookups: 0,
    voids: 0,
    ipv4Addresses: 0,
    widestIpv6: null as number | null,
    includes: [] as SpfInclude[],
    incomplete: null as SpfCost['incomplete'],
  };
  let records = 0;

  async function ask(name: string, type: 'TXT' | 'A' | 'MX' | 'AAAA'): Promise<DnsAnswer> {
    const answer = await tools.resolver.query(name, type, tools.signal === undefined ? {} : { signal: tools.signal });
    if (answer.status === 'failed') cost.incomplete ??= { what: name, reason: answer.reason, detail: answer.detail };
    return answer;
  }

  async function addressesOf(name: string): Promise<number> {
    const answer = await ask(name, 'A');
    return answer.status === 'found' ? answer.records.filter(({ type }) => type === 'A').length : 0;
  }

  async function countVoid(name: string, type: 'A' | 'MX'): Promise<DnsAnswer> {
    const answer = await ask(name, type);
    const other = type === 'A' && answer.status === 'nothing' ? await ask(name, 'AAAA') : answer;
    if (other.status === 'nothing' || other.status === 'no-such-name') cost.voids++;
    return answer;
  }

  /** `grants`: a pass of this record is a pass of the whole, as it is not behind `-include`. */
  async function walkTerm(term: SpfTerm, at: string, path: readonly string[], grants: boolean): Promise<void> {
    const passes = grants && 'qualifier' in term && term.qualifier === '+';
    switch (term.kind) {
      case 'ip4':
        if (passes) cost.ipv4Addresses += 2 ** (32 - term.prefix);
        return;
      case 'ip6':
        if (passes) cost.widestIpv6 = Math.min(cost.widestIpv6 ?? term.prefix, term.prefix);
        return;
      case 'a': {
        cost.lookups++;
        if (term.domain !== null && hasMacro(term.domain)) return;
        const answer = await countVoid(term.domain ?? at, 'A');
        if (passes && answer.status === 'found') cost.ipv4Addresses += answer.records.length * 2 ** (32 - term.prefix4);
        return;
      }
      case 'mx': {
        cost.lookups++;
        if (term.domain !== null && hasMacro(term.domain)) return;
        const answer = await countVoid(term.domain ?? at, 'MX');
        if (answer.status !== 'found' || !passes) return;
        const names = answer.records
          .flatMap((found) => (found.type === 'MX' ? [found.exchange] : []))
          .slice(0, MX_NAMES);
        const counts = await Promise.all(names.map(addressesOf));
        cost.ipv4Addresses += counts.reduce((sum, count) => sum + count, 0) * 2 ** (32 - term.prefix4);
        return;
      }
      case 'ptr':
      case 'exists':
        cost.lookups++;
        return;
      case 'include':
        cost.lookups++;
        await walkRecordOf(term.domain, path, passes);
        return;
      case 'redirect':
        cost.lookups++;
        await walkRecordOf(term.domain, path, grants);
        return;
      case 'all':
        if (passes) cost.ipv4Addresses = WHOLE_IPV4;
    }
  }

  async function walkRecordOf(name: string, path: readonly string[], grants: boolean): Promise<void> {
    const target = name.toLowerCase().replace(/\.$/, '');
    const note = (state: SpfInclude['state']) => cost.includes.push({ domain: target, state });
    if (hasMacro(target)) return void note('macro');
    if (path.includes(target)) return void note('loop');
    if (++records > RECORDS_MAX) {
      cost.incomplete ??= { what: target, reason: 'budget', detail: `more than ${RECORDS_MAX} records` };
      return;
    }
    const answer = await ask(target, 'TXT');
    if (answer.status === 'failed') return void note('unknown');
    if (answer.status === 'no-such-name') cost.voids++;
    if (answer.status === 'nothing') cost.voids++;
    const found =
      answer.status === 'found'
        ? answer.records.flatMap((text) => (text.type === 'TXT' && isSpf(text.text) ? [text.text] : []))
        : [];
    const [text] = found;
    if (text === undefined) return void note(answer.status === 'no-such-name' ? 'no-such-name' : 'no-record');
    if (found.length > 1) return void note('several-records');
    const read = readSpf(text);
    if ('fault' in read) return void note('broken');
    note('record');
    for (const term of termsThatCount(read.terms)) await walkTerm(term, target, [...path, target], grants);
  }

  const own = readSpf(record);
  if (!('fault' in own)) for (const term of termsThatCount(own.terms)) await walkTerm(term, domain, [domain], true);
  return { ...cost, ipv4Addresses: Math.min(WHOLE_IPV4, cost.ipv4Addresses) };
}

/** What a receiver comes to: nothing behind `all` (RFC 7208 §5.1), and a redirect only where there is none (§6.1). */
function termsThatCount(terms: readonly SpfTerm[]): readonly SpfTerm[] {
  const all = terms.findIndex(({ kind }) => kind === 'all');
  return all < 0 ? terms : terms.slice(0, all + 1).filter(({ kind }) => kind !== 'redirect');
}
