import { isIP } from 'node:net';
import { z } from 'zod';
import { asciiDomain } from '../../../../wire/address/ascii-domain.ts';
import { type UpstreamPlace, upstreamPlace } from '../places.ts';
import { count } from '../units.ts';
import { domain } from './values.ts';

/** Whom to trust at an upstream with TLS, as a configuration names it. */
export type TrustWord = 'roots' | 'dane' | 'mta-sts' | 'anybody';

/** One server behind the edge, and how it is used. */
export interface UpstreamEntry {
  readonly place: UpstreamPlace;
  readonly weight: number;
  /** Used only while no other of its list serves. */
  readonly reserve: boolean;
  readonly trust: TrustWord;
  /** SHA-256 of certificates or public keys, hex in lower case. Not empty: they are trusted, and nothing else. */
  readonly pins: readonly string[];
  /** The name in the certificate, where it is not that of the place. */
  readonly name: string;
  /** A file of PEM roots to trust instead of the built-in ones. */
  readonly authority: string | null;
  /** The domain whose MTA-STS policy must name the server. */
  readonly policyOf: string | null;
  readonly xclient: boolean;
  /** On one connection, until another is opened. */
  readonly messages: number;
}

/** Lists of servers by the recipient's domain; `*` is for all that have none of their own. */
export type UpstreamRoutes = ReadonlyMap<string, readonly [UpstreamEntry, ...UpstreamEntry[]]>;

/** Exim puts off the delivery of what comes behind the tenth message of a connection (smtp_accept_queue_per_connection). */
const MESSAGES = 10;

const PIN = /^(?:sha256:)?((?:[0-9a-f]{2}:?){31}[0-9a-f]{2})$/i;

const pin = z.string().transform((text, context) => {
  const hex = PIN.exec(text)?.[1];
  if (hex !== undefined) return hex.replaceAll(':', '').toLowerCase();
  context.addIssue({
    code: 'custom',
    message: 'the SHA-256 of a certificate or of its public key, 64 hexadecimal digits',
  });
  return z.NEVER;
});

const entry = z
  .strictObject({
    to: upstreamPlace,
    weight: count.default(1),
    reserve: z.boolean().default(false),
    trust: z.enum(['roots', 'dane', 'mta-sts', 'anybody']).optional(),
    pin: z.preprocess((given) => (typeof given === 'string' ? [given] : given), z.array(pin)).default([]),
    name: z.string().min(1).optional(),
    authority: z.string().min(1).optional(),
    policyOf: domain.optional(),
    xclient: z.boolean().default(false),
    messages: count.default(MESSAGES),
  })
  .transform(({ to, name, authority, policyOf, pin: pins, trust: said, ...rest }, context): UpstreamEntry => {
    const inClear = to.tls === 'none';
    const loose = to.tls === 'if-offered' && pins.length === 0 && authority === undefined;
    const trust = said ?? (loose ? 'anybody' : 'roots');
    const wish = trust !== 'roots' || pins.length > 0 || authority !== undefined;
    const fault =
      inClear && wish
        ? 'a server with TLS, such as smtp+tls://mail.example.com:25, where trust, pin or authority is set'
        : to.protocol === 'lmtp' && rest.xclient
          ? 'an SMTP server where xclient is set'
          : trust === 'mta-sts' && policyOf === undefined
            ? 'given with policyOf, the domain of the policy, where trust is mta-sts'
            : trust === 'dane' && pins.length === 0 && (to.path !== '' || isIP(to.host) !== 0)
              ? 'a server by its name, which its TLSA records stand under, where trust is dane'
              : null;
    if (fault !== null) context.addIssue({ code: 'custom', message: fault });
    return {
      ...rest,
      place: to,
      trust,
      pins,
      name: name ?? to.host,
      authority: authority ?? null,
      policyOf: policyOf ?? null,
    };
  });

const plain = upstreamPlace.transform(
  (place): UpstreamEntry => ({
    place,
    weight: 1,
    reserve: false,
    trust: place.tls === 'if-offered' ? 'anybody' : 'roots',
    pins: [],
    name: place.host,
    authority: null,
    policyOf: null,
    xclient: false,
    messages: MESSAGES,
  }),
);

const NO_DOMAIN = 'the domain of recipients, such as example.com, or *';

const list = z.array(z.unknown()).min(1, { error: 'at least one server' });

/** One server, a list of servers, or such lists by the recipient's domain, with `*` for all others. */
export const upstreamSetting = z.any().transform((given, context): UpstreamRoutes => {
  const routes = new Map<string, readonly [UpstreamEntry, ...UpstreamEntry[]]>();
  const tell = (issues: readonly z.core.$ZodIssue[], path: readonly PropertyKey[]) => {
    for (const issue of issues) context.addIssue({ ...issue, path: [...path, ...issue.path] } as never);
  };
  const readServer = (server: unknown, path: readonly PropertyKey[]): UpstreamEntry[] => {
    const read = (typeof server === 'string' ? plain : entry).safeParse(server);
    if (!read.success) tell(read.error.issues, path);
    return read.success ? [read.data] : [];
  };
  const readRoute = (domain: string, servers: unknown, path: readonly PropertyKey[]): void => {
    const isList = Array.isArray(servers);
    const read = list.safeParse(isList ? servers : [servers]);
    if (!read.success) return tell(read.error.issues, path);
    const [first, ...others] = read.data.flatMap((server, at) => readServer(server, isList ? [...path, at] : path));
    if (first !== undefined) routes.set(domain, [first, ...others]);
  };
  if (isRoutes(given))
    for (const [key, servers] of Object.entries(given)) {
      const name = key === '*' ? key : asciiDomain(key);
      if (name !== null) readRoute(name, servers, [key]);
      else context.addIssue({ code: 'custom', path: [key], message: NO_DOMAIN, params: { ofKey: true } });
    }
  else readRoute('*', given, []);
  return routes;
});

/** A mapping by domain, and not the settings of one server. */
function isRoutes(given: unknown): given is Readonly<Record<string, unknown>> {
  return typeof given === 'object' && given !== null && !Array.isArray(given) && !('to' in given);
}

/** Domains that mail is taken for and that no server is named for. */
export function domainsWithoutRoute(routes: UpstreamRoutes, domains: readonly string[]): string[] {
  return routes.has('*') ? [] : domains.filter((domain) => !routes.has(domain));
}
