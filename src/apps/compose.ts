import { randomInt } from 'node:crypto';
import { hostname } from 'node:os';
import type { Clock } from '../net/clock.ts';
import { createDialler } from '../net/dialler.ts';
import { createResolver } from '../net/dns-resolver.ts';
import { type DnsServer, systemServers } from '../net/dns-server-address.ts';
import { createFetch, type Fetch } from '../net/http.ts';
import { createPace, type PaceSettings, POLITE } from '../net/pace.ts';
import { createSmtpClient } from '../net/smtp-client.ts';
import { SMTP_LIMITS, type SmtpLimits } from '../net/smtp-limits.ts';
import { createWebClient } from '../net/web-client.ts';
import type { ScanTools } from '../scan/probe.ts';

/** What a user can say about reaching the network. */
export interface ReachOptions {
  readonly resolvers: readonly DnsServer[] | null;
  /** Seconds; the longest that one step may take. */
  readonly timeout: number | null;
  /** Endpoints looked at at the same time. */
  readonly concurrency: number;
}

/** Builds everything of the outside that a scan uses. The caller closes the resolver. */
export function scanTools(
  options: ReachOptions,
  clock: Clock,
  signal: AbortSignal,
  pace: PaceSettings = POLITE,
): ScanTools {
  const step = options.timeout === null ? null : options.timeout * 1000;
  const limits = step === null ? SMTP_LIMITS : limitsOf(step);
  return {
    resolver: createResolver({
      servers: options.resolvers ?? systemServers(),
      clock,
      ...(step === null ? {} : { timeoutMs: step }),
    }),
    http: boundedFetch(step),
    web: createWebClient({ clock, ...(step === null ? {} : { limits: { answer: step } }) }),
    smtp: createSmtpClient({ clock, dial: createDialler({ clock }), limits }),
    pace: createPace(clock, { ...pace, concurrency: options.concurrency }),
    clock,
    token: randomToken,
    asker: { hostName: hostname(), mailbox: `postmaster@${hostname()}` },
    signal,
  };
}

/** Steps of the time that a whole visit may take, where one takes as long as it may. */
const SLOW_STEPS = 4;

function limitsOf(step: number): SmtpLimits {
  const total = Math.max(SMTP_LIMITS.total, SLOW_STEPS * step);
  return { ...SMTP_LIMITS, connect: step, greeting: step, command: step, handshake: step, total };
}

/** A fetch that takes no longer than a step may. */
function boundedFetch(step: number | null): Fetch {
  const fetch = createFetch();
  if (step === null) return fetch;
  return (url, wish) => fetch(url, { ...wish, limits: { ...wish?.limits, timeout: step } });
}

/** Lower-case letters that nobody can guess. */
export function randomToken(length: number): string {
  return Array.from({ length }, () => String.fromCharCode(0x61 + randomInt(26))).join('');
}

/** Fetches documents by name; with DNS servers given, they are asked instead of the system. The caller closes it. */
export function feedFetch(options: { readonly resolvers: readonly DnsServer[] | null; readonly clock: Clock }): {
  readonly fetch: Fetch;
  readonly close: () => void;
} {
  if (options.resolvers === null) return { fetch: createFetch(), close: () => undefined };
  const resolver = createResolver({ servers: options.resolvers, clock: options.clock });
  const addressesOf = async (name: string): Promise<string[]> => {
    const answers = await Promise.all([resolver.query(name, 'A'), resolver.query(name, 'AAAA')]);
    return answers.flatMap((answer) =>
      answer.status === 'found'
        ? answer.records.flatMap((record) => ('address' in record ? [record.address] : []))
        : [],
    );
  };
  return { fetch: createFetch({ addressesOf }), close: () => resolver.close() };
}
