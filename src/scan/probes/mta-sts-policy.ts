import { UnreachedError } from '../../finding/unreached.ts';
import type { HttpOutcome } from '../../net/http.ts';
import { isMtaSts } from '../../wire/dns/mta-sts.ts';
import type { DomainTarget, Probe, ScanTools } from '../probe.ts';

/** What stands where a domain's MTA-STS policy should (RFC 8461 §3.3). */
export type MtaStsPolicySeen =
  /** There is no record that says so; whether it could be asked for is told by `policy-records`. */
  | { readonly state: 'not-asked' }
  | { readonly state: 'found'; readonly url: string; readonly contentType: string | null; readonly body: string }
  /** The host of the policy does not exist. */
  | { readonly state: 'no-host'; readonly url: string }
  /** `status` is that of an answer, 0 where there was none: `distrusted` for the certificate's sake, `broken` for the content's. */
  | {
      readonly state: 'other-answer' | 'distrusted' | 'broken';
      readonly url: string;
      readonly status: number;
      readonly detail: string;
    };

/** RFC 8461 §3.3 suggests a minute and 64 KB; redirects are not followed there. */
const LIMITS = { bytes: 65_536, timeout: 20_000, redirects: 0 } as const;
/** Addresses tried, where nobody is heard at the first. */
const TRIES = 2;
/** Characters of a stranger's text that a reason quotes. */
const QUOTE_MAX = 200;

/** Fetches the policy file of a domain whose record says that there is one. No mail server is contacted. */
export const mtaStsPolicy: Probe<'mta-sts-policy', DomainTarget, MtaStsPolicySeen> = {
  name: 'mta-sts-policy',
  connections: TRIES,
  async look(target, tools) {
    if (!(await isPromised(target.domain, tools))) return { state: 'not-asked' };
    const host = `mta-sts.${target.domain}`;
    const url = `https://${host}/.well-known/mta-sts.txt`;
    const pin = target.pins?.get(host);
    const addresses = pin === undefined ? await addressesOf(host, tools) : [pin.address];
    if (addresses.length === 0) return { state: 'no-host', url };
    let unheard = new UnreachedError('unreachable');
    for (const address of addresses.slice(0, TRIES)) {
      const connectTo = { address, port: pin?.port ?? 443 };
      const seen = read(url, await tools.http(url, { connectTo, limits: LIMITS, ...stopOf(tools) }));
      if (!(seen instanceof UnreachedError)) return seen;
      unheard = seen;
    }
    throw unheard;
  },
};

async function isPromised(domain: string, tools: ScanTools): Promise<boolean> {
  const answer = await tools.resolver.query(`_mta-sts.${domain}`, 'TXT', stopOf(tools));
  return answer.status === 'found' && answer.records.some((record) => record.type === 'TXT' && isMtaSts(record.text));
}

/** None if the host does not exist; throws if that could not be asked. */
async function addressesOf(host: string, tools: ScanTools): Promise<string[]> {
  const answers = await Promise.all([
    tools.resolver.query(host, 'A', stopOf(tools)),
    tools.resolver.query(host, 'AAAA', stopOf(tools)),
  ]);
  const addresses = answers.flatMap((answer) =>
    answer.status === 'found' ? answer.records.flatMap((record) => ('address' in record ? [record.address] : [])) : [],
  );
  const failed = answers.find(({ status }) => status === 'failed');
  if (addresses.length === 0 && failed?.status === 'failed') throw new UnreachedError(failed.reason, failed.detail);
  return addresses;
}

function read(url: string, outcome: HttpOutcome): MtaStsPolicySeen | UnreachedError {
  if (outcome.kind === 'found') {
    const { contentType, body } = outcome;
    return { state: 'found', url, contentType, body: body.toString('utf8') };
  }
  if (outcome.kind === 'unchanged') return { state: 'other-answer', url, status: 304, detail: 'not modified' };
  const { fault, why: detail } = outcome;
  switch (fault.at) {
    case 'reach':
      return new UnreachedError(fault.reason, detail);
    case 'answer': {
      const to = fault.location === null ? '' : `: ${fault.location.slice(0, QUOTE_MAX)}`;
      return { state: 'other-answer', url, status: fault.status, detail: `${detail}${to}` };
    }
    case 'trust':
      return { state: 'distrusted', url, status: 0, detail };
    case 'content':
      return { state: 'broken', url, status: 0, detail };
  }
}

function stopOf({ signal }: ScanTools): { readonly signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}
