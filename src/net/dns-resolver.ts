import type { DnsMessage } from '../wire/dns/message.ts';
import { canonicalName, writeName } from '../wire/dns/name.ts';
import type { DnsRecord, RecordType } from '../wire/dns/record.ts';
import type { Clock } from './clock.ts';
import { createDnsExchange, type DnsExchange, type ExchangeResult } from './dns-exchange.ts';
import type { DnsServer } from './dns-server-address.ts';
import type { DnsAnswer, DnsFailure, Resolver } from './resolver.ts';

export interface ResolverSettings {
  /** Asked in this order; the next one when one gives no answer. None: every question fails as `no-resolver`. */
  readonly servers: readonly DnsServer[];
  readonly clock: Clock;
  /** For one try at one server. */
  readonly timeoutMs?: number;
  /** Rounds over all servers. */
  readonly rounds?: number;
  /** Questions under way at once; more wait their turn. */
  readonly inFlight?: number;
  /** Answers kept. */
  readonly cacheSize?: number;
  readonly exchange?: DnsExchange;
}

/** CNAMEs followed for one question. */
const CHAIN_MAX = 12;
/** Seconds an answer is kept at the most; an answer of absence, which RFC 2308 §5 bounds by three hours; and one without SOA, which it would not keep. */
const TTL_MAX = 3_600;
const NEGATIVE_TTL_MAX = 3_600;
const NEGATIVE_TTL_UNSAID = 60;
/** Seconds during which a question that failed is not asked again (RFC 9520 §3.2: one second to five minutes). */
const FAILURE_TTL = 30;

interface Kept {
  readonly answer: DnsAnswer;
  readonly until: number;
}

type Failed = Extract<DnsAnswer, { status: 'failed' }>;

/** An answer and the seconds it may be kept. */
interface Resolved {
  readonly answer: DnsAnswer;
  readonly seconds: number;
}

/** A stub resolver: it asks recursive servers, remembers for as long as the records say, and asks each question once however many want it. */
export function createResolver(settings: ResolverSettings): Resolver {
  const { servers, clock, timeoutMs = 3_000, rounds = 2, inFlight = 200, cacheSize = 20_000 } = settings;
  const exchange = settings.exchange ?? createDnsExchange(clock);
  const cache = new Map<string, Kept>();
  const pending = new Map<string, Promise<DnsAnswer>>();
  const queue: (() => void)[] = [];
  let open = 0;

  async function seat(): Promise<void> {
    if (open >= inFlight) await new Promise<void>((resolve) => queue.push(resolve));
    else open++;
  }

  /** A seat that is given up goes straight to the next in line, so that nobody can slip in between. */
  function leave(): void {
    const next = queue.shift();
    if (next === undefined) open--;
    else next();
  }

  async function askServers(name: string, type: RecordType, signal?: AbortSignal): Promise<DnsMessage | Failed> {
    if (servers.length === 0) return failed('no-resolver', 'no DNS server is configured; --resolver IP names one');
    let failure = failed('dns-timeout', 'stopped');
    // A server that has said no says so again; only one that kept silent is asked twice.
    let left = servers;
    for (let round = 0; round < rounds && left.length > 0; round++) {
      const silent: DnsServer[] = [];
      for (const server of left) {
        if (signal?.aborted) return failed('dns-timeout', 'stopped');
        const result = await exchange.ask(server, { name, type }, timeoutMs, signal);
        const fault = faultOf(result, server);
        if (fault === null && result.kind === 'answer') return result.message;
        failure = fault ?? failure;
        if (result.kind === 'timeout') silent.push(server);
      }
      left = silent;
    }
    return failure;
  }

  /** Asks, and follows CNAMEs that the server did not follow itself (RFC 1034 §3.6.2). */
  async function resolve(first: string, type: RecordType, signal?: AbortSignal): Promise<Resolved> {
    const chain: string[] = [];
    let name = first;
    let authenticated = true;
    let seconds = TTL_MAX;
    for (;;) {
      const message = await askServers(name, type, signal);
      if ('status' in message) return { answer: message, seconds: signal?.aborted ? 0 : FAILURE_TTL };
      authenticated &&= message.authenticated;
      const walked = follow(name, type, message.answers);
      if (walked === 'loop') return { answer: loop(first), seconds: FAILURE_TTL };
      for (const { target, ttl } of walked.aliases) {
        if (target === first || chain.includes(target) || chain.length >= CHAIN_MAX)
          return { answer: loop(first), seconds: FAILURE_TTL };
        chain.push(target);
        seconds = Math.min(seconds, ttl);
      }
      const { records } = walked;
      if (records.length > 0) {
        const answer = { status: 'found', name: chain.at(-1) ?? first, records, chain, authenticated } as const;
        return { answer, seconds: records.reduce((least, { ttl }) => Math.min(least, ttl), seconds) };
      }
      if (message.code === 'NXDOMAIN' || walked.aliases.length === 0) {
        const status = message.code === 'NXDOMAIN' ? 'no-such-name' : 'nothing';
        return { answer: { status, chain, authenticated }, seconds: Math.min(seconds, negativeTtl(message)) };
      }
      name = chain.at(-1) as string;
    }
  }

  function keep(key: string, { answer, seconds }: Resolved): void {
    if (seconds <= 0) return;
    const oldest = cache.size >= cacheSize ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(key, { answer, until: clock.monotonic() + seconds * 1000 });
  }

  async function ask(key: string, name: string, type: RecordType, signal?: AbortSignal): Promise<DnsAnswer> {
    await seat();
    try {
      const resolved = await resolve(name, type, signal);
      keep(key, resolved);
      return resolved.answer;
    } finally {
      leave();
      pending.delete(key);
    }
  }

  return {
    async query(name, type, { signal } = {}) {
      const asked = canonicalName(name);
      if (writeName(asked) === null) return { status: 'no-such-name', chain: [], authenticated: false };
      const key = `${type} ${asked}`;
      const kept = cache.get(key);
      if (kept !== undefined && kept.until > clock.monotonic()) return kept.answer;
      cache.delete(key);
      const known = pending.get(key) ?? ask(key, asked, type, signal);
      pending.set(key, known);
      return known;
    },
    close() {
      exchange.close();
    },
  };
}

function failed(reason: DnsFailure, detail: string): Failed {
  return { status: 'failed', reason, detail };
}

function loop(name: string): Failed {
  return failed('dns-loop', `the CNAME chain of ${name} leads nowhere`);
}

/** Null for an answer that proves what it says. */
function faultOf(result: ExchangeResult, server: DnsServer): Failed | null {
  const where = `${server.address} port ${server.port}`;
  if (result.kind === 'timeout') return failed('dns-timeout', `${where} did not answer`);
  if (result.kind === 'malformed') return failed('dns-malformed', `${where} ${result.detail}`);
  if (result.kind === 'unreachable') return failed('no-resolver', `${where} cannot be reached: ${result.detail}`);
  const { code, extendedError } = result.message;
  if (code === 'NXDOMAIN') return null;
  if (code === 'NOERROR')
    return isReferral(result.message) ? failed('dns-refused', `${where} does not ask other servers for us`) : null;
  const why = extendedError?.meaning == null ? '' : ` (${extendedError.meaning})`;
  const reason = code === 'REFUSED' ? 'dns-refused' : code === 'SERVFAIL' ? 'dns-servfail' : 'dns-malformed';
  return failed(reason, `${where} answered ${code}${why}`);
}

/** An empty answer that only names other servers proves no absence: we asked one that does not recurse. */
function isReferral({ authoritative, recursionAvailable, answers, authorities }: DnsMessage): boolean {
  return (
    !authoritative &&
    !recursionAvailable &&
    answers.length === 0 &&
    authorities.some(({ type }) => type === 'NS') &&
    !authorities.some(({ type }) => type === 'SOA')
  );
}

/** RFC 2308 §5: the lesser of the SOA's own lifetime and its last field. */
function negativeTtl({ authorities }: DnsMessage): number {
  const soa = authorities.find((record) => record.type === 'SOA');
  return soa?.type === 'SOA' ? Math.min(soa.ttl, soa.minimum, NEGATIVE_TTL_MAX) : NEGATIVE_TTL_UNSAID;
}

/** Walks the CNAMEs of one answer from `name`; the records are those at its end. */
function follow(
  name: string,
  type: RecordType,
  answers: readonly DnsRecord[],
):
  | {
      readonly aliases: readonly { readonly target: string; readonly ttl: number }[];
      readonly records: readonly DnsRecord[];
    }
  | 'loop' {
  const aliases: { target: string; ttl: number }[] = [];
  let at = name;
  for (;;) {
    const records = answers.filter((record) => record.name === at && record.type === type);
    const alias = answers.find((record) => record.name === at && record.type === 'CNAME');
    if (records.length > 0 || alias?.type !== 'CNAME') return { aliases, records };
    at = alias.target;
    if (at === name || aliases.some(({ target }) => target === at) || aliases.length >= CHAIN_MAX) return 'loop';
    aliases.push({ target: at, ttl: alias.ttl });
  }
}
