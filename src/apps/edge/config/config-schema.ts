import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { EDGE_LIMITS, type EdgeLimits, INCOMING_FIELDS, OUTGOING_FIELDS } from '../../../edge/options.ts';
import { parseDnsServer } from '../../../net/dns-server-address.ts';
import { loginEntry, loginFault } from '../login-server.ts';
import { doorFaults } from './door-faults.ts';
import { doorway } from './places.ts';
import { bounceTags } from './settings/bounce-tags.ts';
import { log } from './settings/log.ts';
import { metrics } from './settings/metrics.ts';
import { outboundSettings } from './settings/outbound.ts';
import { policySettings } from './settings/policy.ts';
import { pressure } from './settings/pressure.ts';
import { onwardWithoutRoute, rewrite, rewriteFaults } from './settings/rewrite.ts';
import { strangerSettings } from './settings/strangers.ts';
import { upstreamSetting } from './settings/upstream.ts';
import { domain, listOf, networks } from './settings/values.ts';
import { bytes, count, duration, durationOrNone } from './units.ts';

const dnsServer = z
  .string({ error: 'the address of a DNS server, such as 127.0.0.1:53' })
  .transform((text, context) => {
    const read = parseDnsServer(text);
    if (read !== null) return read;
    context.addIssue({ code: 'custom', message: 'the address of a DNS server, such as 127.0.0.1:53' });
    return z.NEVER;
  });

const SIZES = [
  'commandLine',
  'authLine',
  'textLine',
  'messageSize',
  'headerSize',
  'headerField',
  'dataFloor',
  'memory',
] as const;
const TIMES = [
  'commandTimeout',
  'dataTimeout',
  'dataGrace',
  'handshakeTimeout',
  'sessionTimeout',
  'answerTimeout',
] as const;

const limits = z
  .strictObject(
    Object.fromEntries(
      Object.keys(EDGE_LIMITS).map((name) => {
        const kind = (SIZES as readonly string[]).includes(name)
          ? bytes
          : name === 'authStep'
            ? durationOrNone
            : (TIMES as readonly string[]).includes(name)
              ? duration
              : count;
        return [name, kind.optional()];
      }),
    ),
  )
  .transform((given) => ({ ...EDGE_LIMITS, ...given }) as EdgeLimits);

const certificateFiles = { certificate: z.string().min(1), key: z.string().min(1) };

/** The configuration of the edge. Everything has a default but the upstream and the domains. */
export const edgeConfig = z
  .strictObject({
    listen: listOf(doorway).prefault(['0.0.0.0:25']),
    upstream: upstreamSetting,
    domains: listOf(domain),
    hostName: domain.prefault(() => (isIP(hostname()) === 0 ? hostname() : 'localhost')),
    data: z.string().min(1).optional(),
    log,
    metrics,
    resolver: listOf(dnsServer).optional(),
    tls: z
      .strictObject({
        ...certificateFiles,
        second: z.strictObject(certificateFiles).optional(),
        required: z.boolean().default(false),
      })
      .optional(),
    exempt: networks,
    ...outboundSettings,
    bounceTags,
    rewrite,
    chunking: z.boolean().default(false),
    proxy: networks,
    limits: limits.prefault({}),
    headers: z
      .strictObject({
        incoming: z.array(z.string().min(1)).default([...INCOMING_FIELDS]),
        outgoing: z.array(z.string().min(1)).default([...OUTGOING_FIELDS]),
      })
      .prefault({}),
    ...policySettings,
    ...strangerSettings,
    pressure,
    workers: z.int().min(1).max(64).optional(),
    user: z.string().min(1).optional(),
    drain: duration.prefault('30s'),
  })
  .superRefine((config, context) => {
    const { upstream, domains, listen, submission, bounceTags: tags } = config;
    for (const { path, message } of doorFaults(config)) context.addIssue({ code: 'custom', path: [...path], message });
    for (const domain of onwardWithoutRoute(config))
      context.addIssue({ code: 'custom', path: ['upstream'], message: `given for ${domain} too, or for "*"` });
    for (const domain of tags?.domains ?? [])
      if (!domains.includes(domain))
        context.addIssue({
          code: 'custom',
          path: ['bounceTags', 'domains'],
          message: `of domains, as ${domain} is not`,
        });
    for (const { path, message } of rewriteFaults(config))
      context.addIssue({ code: 'custom', path: [...path], message });
    const door = listen.findIndex((one) => one.submission);
    const fault = door < 0 ? null : loginFault(loginEntry({ upstream, submission }));
    if (fault !== null && submission.upstream !== undefined)
      context.addIssue({ code: 'custom', path: ['submission', 'upstream'], message: fault });
    else if (fault !== null)
      context.addIssue({ code: 'custom', path: ['listen', door], message: `given submission.upstream too: ${fault}` });
  });

export type EdgeConfig = z.output<typeof edgeConfig>;
