import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { z } from 'zod';
import { DEFAULT_CONTROLS } from '../../edge/controls.ts';
import { EDGE_LIMITS, type EdgeLimits, INCOMING_FIELDS, OUTGOING_FIELDS } from '../../edge/options.ts';
import { parseDnsServer } from '../../net/dns-server-address.ts';
import { doorway } from './places.ts';
import { guardSettings } from './settings/guard.ts';
import { log } from './settings/log.ts';
import { policySettings } from './settings/policy.ts';
import { pressure } from './settings/pressure.ts';
import { rate, ratePair } from './settings/rates.ts';
import { domainsWithoutRoute, upstreamSetting } from './settings/upstream.ts';
import { domain, listOf, network, networks } from './settings/values.ts';
import { bytes, count, duration, durationOrNone } from './units.ts';

const dnsServer = z.string().transform((text, context) => {
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
          : (TIMES as readonly string[]).includes(name)
            ? duration
            : count;
        return [name, kind.optional()];
      }),
    ),
  )
  .transform((given) => ({ ...EDGE_LIMITS, ...given }) as EdgeLimits);

const D = DEFAULT_CONTROLS;

/** What the filters of strangers are set to. */
const controls = {
  lists: z
    .strictObject({ allow: z.array(z.string().min(1)).default([]), deny: z.array(z.string().min(1)).default([]) })
    .prefault({}),
  names: z.boolean().default(D.names),
  greetWait: durationOrNone.default(D.greetWait),
  rates: z
    .strictObject({
      connections: ratePair(D.rates.connections),
      messages: ratePair(D.rates.messages),
      recipients: ratePair(D.rates.recipients),
      perSender: rate(D.rates.perSender),
      perRecipient: rate(D.rates.perRecipient),
    })
    .prefault({}),
  tarpit: z
    .strictObject({ step: durationOrNone.default(D.tarpit.step), most: duration.default(D.tarpit.most) })
    .prefault({}),
  recipients: z
    .strictObject({
      list: z.string().min(1).optional(),
      ask: z.boolean().default(D.recipients.ask),
      harvest: rate(D.recipients.harvest),
    })
    .prefault({}),
  guard: guardSettings,
  dnsLists: z
    .array(
      z.strictObject({
        zone: domain,
        score: z.number().default(5),
        codes: z
          .array(z.string().regex(/^127(?:\.\d{1,3}){3}$/, { error: 'must be an answer such as 127.0.0.4' }))
          .nullable()
          .default(null),
      }),
    )
    .default([]),
  greylist: z
    .strictObject({
      who: z.enum(['nobody', 'suspects', 'strangers']).default(D.greylist.who),
      wait: duration.default(D.greylist.wait),
      remember: duration.default(D.greylist.remember),
      skip: z.array(z.union([network, domain])).default([]),
      score: z.number().default(D.greylist.score),
    })
    .prefault({}),
};

/** The configuration of the edge. Everything has a default but the upstream and the domains. */
export const edgeConfig = z
  .strictObject({
    listen: listOf(doorway).prefault(['0.0.0.0:25']),
    upstream: upstreamSetting,
    domains: listOf(domain),
    hostName: domain.prefault(() => (isIP(hostname()) === 0 ? hostname() : 'localhost')),
    data: z.string().min(1).optional(),
    log,
    resolver: listOf(dnsServer).optional(),
    tls: z
      .strictObject({
        certificate: z.string().min(1),
        key: z.string().min(1),
        required: z.boolean().default(false),
      })
      .optional(),
    exempt: networks,
    proxy: networks,
    limits: limits.prefault({}),
    headers: z
      .strictObject({
        incoming: z.array(z.string().min(1)).default([...INCOMING_FIELDS]),
        outgoing: z.array(z.string().min(1)).default([...OUTGOING_FIELDS]),
      })
      .prefault({}),
    ...policySettings,
    ...controls,
    pressure,
    workers: z.int().min(1).max(64).optional(),
    user: z.string().min(1).optional(),
    drain: duration.prefault('30s'),
  })
  .superRefine(({ upstream, domains }, context) => {
    for (const domain of domainsWithoutRoute(upstream, domains))
      context.addIssue({ code: 'custom', path: ['upstream'], message: `given for ${domain} too, or for "*"` });
  });

export type EdgeConfig = z.output<typeof edgeConfig>;
