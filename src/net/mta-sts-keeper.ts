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
  /** Told when a policy could not be fetched, be there one that still counts or not. */
  readonly failed?: (domain: string, why: string) => void;
}

/** RFC 8461 §3.3: a minute and 64 KB, and no redirects. */
const LIMITS = { bytes: 65_536, timeout: 60_000, redirects: 0 } as const;
/** Milliseconds for a new policy, where mail waits for it and the old one still counts. */
const PATIENCE = 10_000;
/** Milliseconds until a host that gave no policy is asked again for the same one (RFC 8461 §3.3). */
const REST = 5 * 60_000;
/** Milliseconds, or half of its time, after which a policy that still counts is fetched again, so that its time does not run out (RFC 8461 §3.3). */
const REFRESH = 86_400_000;

/** Says whether a domain's policy lets mail go to a host; null if it does, else why not. Never rejects. */
export type MtaStsJudge = (domain: string, host: string) => Promise<string | null>;

/**
 * Fetches and keeps MTA-STS policies (RFC 8461). Whoever asks wants one in force, so that a domain without a policy, or with one of mode `none`
 * or `testing`, is told as a fault. While a new policy cannot be fetched the one that is kept counts, until its time is over.
 */
export function mtaStsKeeper(settings: MtaStsSettings): MtaStsJudge {
  const { resolver, clock, load, failed } = settings;
  /** Fetches under way, and those that failed not long ago, by domain and id. */
  const fetches = new Map<string, Promise<MtaStsPolicy | string>>();
  const rests = new Map<string, { readonly until: number; readonly why: string }>();

  const renew = (domain: string, id: string, patience: number): Promise<MtaStsPolicy | string> => {
    const key = `${domain} ${id}`;
    const rest = rests.get(key);
    if (rest !== undefined && rest.until > clock.monotonic()) return Promise.resolve(rest.why);
    const underWay = fetches.get(key);
    if (underWay !== undefined) return underWay;
    const fetching = fetchPolicy(settings, domain, id, patience).then((policy) => {
      fetches.delete(key);
      rests.delete(key);
      if (typeof policy !== 'string') return policy;
      // One rest a domain: an id that changes with every question must not fill the memory.
      for (const other of rests.keys()) if (other.startsWith(`${domain} `)) rests.delete(other);
      rests.set(key, { until: clock.monotonic() + REST, why: policy });
      failed?.(domain, policy);
      return policy;
    });
    fetches.set(key, fetching);
    return fetching;
  };

  const policyOf = async (domain: string): Promise<MtaStsPolicy | string> => {
    const kept = load(domain);
    const valid = kept !== null && kept.until > clock.now() ? kept : null;
    const id = await recordId(resolver, domain);
    if (valid === null) return renew(domain, id ?? '', LIMITS.timeout);
    const old = read(valid.text);
    if (id !== null && id !== valid.id) {
      const fresh = await renew(domain, id, PATIENCE);
      return typeof fresh === 'string' ? old : fresh;
    }
    // Nobody waits for it.
    if (typeof old !== 'string' && isAged(valid, old, clock.now())) void renew(domain, valid.id, LIMITS.timeout);
    return old;
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

async function fetchPolicy(
  { fetch, clock, save }: MtaStsSettings,
  domain: string,
  id: string,
  timeout: number,
): Promise<MtaStsPolicy | string> {
  const url = `https://mta-sts.${domain}/.well-known/mta-sts.txt`;
  const fetched = await fetch(url, { limits: { ...LIMITS, timeout } });
  if (fetched.kind !== 'found' || !isPlainText(fetched.contentType))
    return `no MTA-STS policy of ${domain}: ${fetched.kind === 'failed' ? fetched.why : 'not text/plain'}`;
  const text = fetched.body.toString('utf8');
  const policy = read(text);
  if (typeof policy !== 'string') save(domain, { id, text, until: clock.now() + policy.maxAge * 1_000 });
  return policy;
}

function isAged({ until }: KeptPolicy, { maxAge }: MtaStsPolicy, now: number): boolean {
  const life = maxAge * 1_000;
  return now - (until - life) > Math.min(REFRESH, life / 2);
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
