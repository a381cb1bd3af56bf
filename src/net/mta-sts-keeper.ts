import { coversHost, type MtaStsPolicy, readMtaStsPolicy, readMtaStsRecord } from '../wire/dns/mta-sts.ts';
import type { Clock } from './clock.ts';
import type { Fetch } from './http.ts';
import type { Resolver } from './resolver.ts';

/** A policy as it is kept: with the id of the record it came with, and until when it counts. */
export interface KeptPolicy {
  readonly id: string;
  /** The policy file. */
  readonly text: string;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

export interface MtaStsSettings {
  readonly resolver: Resolver;
  readonly fetch: Fetch;
  readonly clock: Clock;
  /** What is kept outlives restarts, or an attacker who blocks the fetch would be rid of the policy (RFC 8461 §10.2). */
  readonly load: (domain: string) => KeptPolicy | null;
  readonly save: (domain: string, kept: KeptPolicy) => void;
}

/** RFC 8461 §3.3: a minute and 64 KB, and no redirects. */
const LIMITS = { bytes: 65_536, timeout: 60_000, redirects: 0 } as const;

/** Says whether a domain's policy lets mail go to a host; null if it does, else why not. Never rejects. */
export type MtaStsJudge = (domain: string, host: string) => Promise<string | null>;

/**
 * Fetches and keeps MTA-STS policies (RFC 8461). Whoever asks wants one in force, so that a domain without a policy, or with one of mode `none`
 * or `testing`, is told as a fault. While a new policy cannot be fetched the one that is kept counts, until its time is over.
 */
export function mtaStsKeeper({ resolver, fetch, clock, load, save }: MtaStsSettings): MtaStsJudge {
  const policyOf = async (domain: string): Promise<MtaStsPolicy | string> => {
    const kept = load(domain);
    const valid = kept !== null && kept.until > clock.now() ? kept : null;
    const id = await recordId(resolver, domain);
    if (valid !== null && (id === null || id === valid.id)) return read(valid.text);
    const fetched = await fetch(`https://mta-sts.${domain}/.well-known/mta-sts.txt`, { limits: LIMITS });
    if (fetched.kind !== 'found' || !isPlainText(fetched.contentType)) {
      if (valid !== null) return read(valid.text);
      return `no MTA-STS policy of ${domain}: ${fetched.kind === 'failed' ? fetched.why : 'not text/plain'}`;
    }
    const text = fetched.body.toString('utf8');
    const policy = read(text);
    if (typeof policy === 'string') return valid === null ? policy : read(valid.text);
    save(domain, { id: id ?? '', text, until: clock.now() + policy.maxAge * 1_000 });
    return policy;
  };
  return async (domain, host) => {
    const policy = await policyOf(domain);
    if (typeof policy === 'string') return policy;
    if (policy.mode !== 'enforce') return `the MTA-STS policy of ${domain} is not in force (mode ${policy.mode})`;
    return policy.mx.some((pattern) => coversHost(pattern, host))
      ? null
      : `the MTA-STS policy of ${domain} does not name ${host}`;
  };
}

/** The id of the record that announces a policy; null if there is none, or none that can be had (RFC 8461 §3.1). */
async function recordId(resolver: Resolver, domain: string): Promise<string | null> {
  const answer = await resolver.query(`_mta-sts.${domain}`, 'TXT');
  if (answer.status !== 'found') return null;
  for (const record of answer.records) {
    const read = record.type === 'TXT' ? readMtaStsRecord(record.text) : null;
    if (read !== null && !('fault' in read)) return read.id;
  }
  return null;
}

/** RFC 8461 §3.2; the parameters do not count. */
function isPlainText(contentType: string | null): boolean {
  return contentType !== null && /^text\/plain(?:$|[ ;])/i.test(contentType);
}

function read(text: string): MtaStsPolicy | string {
  const policy = readMtaStsPolicy(text);
  return 'fault' in policy ? `the MTA-STS policy ${policy.fault}` : policy;
}
