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
/** Seconds an answer is kept at the most, and an answer of absence (RFC 2308 §5 asks for no more than three hours). */
const TTL_MAX = 3_600;
const NEGATIVE_TTL_MAX = 300;

interface Kept {
  readonly answer: DnsAnswer;
  readonly until: number;
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
    open++;
  }

  function leave(): void {
    open--;
    queue.shift()?.();
  }

  async function askServers(name: string, type: RecordType, signal?: AbortSignal): Promise<DnsMessage | Failed> {
    let failed: Failed = {
      status: 'failed',
      reason: 'no-resolver',
      detail: 'no DNS server is configured; --resolver IP names one',
    };
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) {
        if (signal?.aborted) return { status: 'failed', reason: 'dns-timeout', detail: 'stopped' };
        const result = await exchange.ask(server, { name, type }, timeoutMs, signal);
        if (result.kind === 'answer' && (result.message.code === 'NOERROR' || result.message.code === 'NXDOMAIN'))
          return result.message;
        failed = failureOf(result, server);
      }
      // A server that has said SERVFAIL or REFUSED to everybody's question says so again.
      if (failed.reason === 'dns-servfail' || failed.reason === 'dns-refused') break;
    }
    return failed;
  }

  /** Asks, and follows CNAMEs that the server did not follow itself (RFC 1034 §3.6.2). */
  async function resolve(first: string, type: RecordType, signal?: AbortSignal): Promise<DnsAnswer> {
    const chain: string[] = [];
    let name = first;
    let authenticated = true;
    for (;;) {
      const message = await askServers(name, type, signal);
      if ('status' in message) return message;
      authenticated &&= message.authenticated;
      const walked = follow(name, type, message.answers);
      if (walked === 'loop') return loop(first);
      for (const step of walked.chain) {
        if (step === first || chain.includes(step) || chain.length >= CHAIN_MAX) return loop(first);
        chain.push(step);
      }
      const { records } = walked;
      if (records.length > 0) return { status: 'found', name: records[0]?.name ?? name, records, chain, authenticated };
      if (message.code === 'NXDOMAIN') return { status: 'no-such-name', chain, authenticated };
      if (walked.chain.length === 0) return { status: 'nothing', chain, authenticated };
      name = walked.chain.at(-1) as string;
    }
  }

  function keep(key: string, answer: DnsAnswer): void {
    const seconds =
      answer.status === 'found' ? Math.min(TTL_MAX, ...answer.records.map(({ ttl }) => ttl)) : NEGATIVE_TTL_MAX;
    if (answer.status === 'failed' || seconds <= 0) return;
    const oldest = cache.size >= cacheSize ? cache.keys().next().value : undefined;
    if (oldest !== undefined) cache.delete(oldest);
    cache.set(key, { answer, until: clock.monotonic() + seconds * 1000 });
  }

  return {
    async query(name, type, { signal } = {}) {
      const asked = canonicalName(name);
      if (writeName(asked) === null) return { status: 'no-such-name', chain: [], authenticated: false };
      const key = `${type} ${asked}`;
      const kept = cache.get(key);
      if (kept !== undefined && kept.until > clock.monotonic()) return kept.answer;
      cache.delete(key);
      const known = pending.get(key);
      if (known !== undefined) return known;
      const answer = seat().then(async () => {
        try {
          const found = await resolve(asked, type, signal);
          keep(key, found);
          return found;
        } finally {
          leave();
          pending.delete(key);
        }
      });
      pending.set(key, answer);
      return answer;
    },
    close() {
      exchange.close();
    },
  };
}

type Failed = Extract<DnsAnswer, { status: 'failed' }>;

function loop(name: string): Failed {
  return { status: 'failed', reason: 'dns-loop', detail: `the CNAME chain of ${name} leads nowhere` };
}

function failureOf(result: ExchangeResult, server: DnsServer): Failed {
  const where = `${server.address} port ${server.port}`;
  if (result.kind === 'timeout') return { status: 'failed', reason: 'dns-timeout', detail: `${where} did not answer` };
  if (result.kind === 'malformed')
    return { status: 'failed', reason: 'dns-malformed', detail: `${where} gave an answer that cannot be read` };
  if (result.kind === 'unreachable')
    return { status: 'failed', reason: 'no-resolver', detail: `${where} cannot be reached: ${result.detail}` };
  const reason: DnsFailure =
    result.message.code === 'REFUSED'
      ? 'dns-refused'
      : result.message.code === 'SERVFAIL'
        ? 'dns-servfail'
        : 'dns-malformed';
  return { status: 'failed', reason, detail: `${where} answered ${result.message.code}` };
}

/** Walks the CNAMEs of one answer from `name`; the records are those at its end. */
function follow(
  name: string,
  type: RecordType,
  answers: readonly DnsRecord[],
): { readonly chain: string[]; readonly records: readonly DnsRecord[] } | 'loop' {
  const chain: string[] = [];
  let at = name;
  for (;;) {
    const records = answers.filter((record) => record.name === at && record.type === type);
    const alias = answers.find((record) => record.name === at && record.type === 'CNAME');
    if (records.length > 0 || alias?.type !== 'CNAME') return { chain, records };
    at = alias.target;
    if (at === name || chain.includes(at) || chain.length >= CHAIN_MAX) return 'loop';
    chain.push(at);
  }
}
