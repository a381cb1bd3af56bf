import { z } from 'zod';
import { isEmpty, mapDomain } from '../../../../edge/envelope/address-map.ts';
import { inboundEntries, mapOf, type RewriteEntry } from '../address-maps.ts';
import { entryFaults, inverseFault, readEntry } from './rewrite-entry.ts';
import { domainsWithoutRoute, type UpstreamRoutes } from './upstream.ts';

const lines = z.record(z.string(), z.string(), {
  error: 'must be a mapping of addresses and domains, such as corp.local: example.com',
});

/** Reads a map of addresses, and looks through it line by line. */
function readMap(given: unknown, context: z.core.$RefinementCtx): readonly RewriteEntry[] {
  const read = lines.safeParse(given);
  if (!read.success) {
    for (const issue of read.error.issues) context.addIssue({ ...issue } as never);
    return [];
  }
  const entries: RewriteEntry[] = [];
  const tell = (key: string, message: string) => context.addIssue({ code: 'custom', path: [key], message });
  for (const [key, target] of Object.entries(read.data)) {
    const entry = readEntry(key, target);
    if (typeof entry === 'string') tell(key, entry);
    else entries.push(entry);
  }
  for (const fault of entryFaults(entries)) tell(fault.given, fault.message);
  return entries;
}

const addressMap = z.any().transform(readMap);
const mapOrInverse = z
  .any()
  .transform((given, context): readonly RewriteEntry[] | 'inverse' =>
    given === 'inverse' ? given : readMap(given, context),
  );

/** Addresses of the inside and those that the outside knows them by. */
export const rewrite = z
  .strictObject({
    outbound: addressMap
      .prefault({})
      .describe(
        'What addresses of the inside become in mail that goes out, in its envelope and in the fields of its header that hold addresses: addresses (`anna@corp.local: anna@example.com`), domains (`corp.local: example.com`), all names below a domain (`"*.corp.local": example.com`). Own entries count before those of domains.',
      ),
    inbound: mapOrInverse
      .prefault({})
      .describe(
        'What recipients become in mail that comes in, in its envelope alone: a map as that of `outbound`, or `inverse`, its way back, where each address has but one. Routes of `upstream`, and who is asked whether a recipient exists, go by the new form; the list of `recipients` may hold either.',
      ),
    signed: z
      .enum(['change', 'leave'])
      .default('change')
      .describe(
        'What becomes of a header that a DKIM or ARC signature covers: `change` it, and the signature no longer holds, or `leave` it as it is. Better: sign behind the edge.',
      ),
    messageIds: z
      .boolean()
      .default(false)
      .describe(
        'Change the domain in Message-ID, In-Reply-To and References of what goes out, too. They name servers of the inside; but answers then name an id that nobody inside knows, and some programs show no thread.',
      ),
  })
  .superRefine(({ outbound, inbound }, context) => {
    if (inbound !== 'inverse') return;
    const fault = outbound.length === 0 ? 'given with outbound, whose way back it is' : inverseFault(outbound);
    if (fault !== null) context.addIssue({ code: 'custom', path: ['inbound'], message: fault });
  })
  .prefault({});

type Rewrite = z.output<typeof rewrite>;

interface Given {
  readonly rewrite: Rewrite;
  readonly domains: readonly string[];
  readonly upstream: UpstreamRoutes;
  readonly outbound?: UpstreamRoutes | undefined;
  readonly inside: readonly unknown[];
  readonly listen: readonly { readonly submission: boolean }[];
}

export interface RewriteFault {
  readonly path: readonly string[];
  readonly message: string;
}

/** What of the maps does not fit the rest of a configuration. */
export function rewriteFaults(given: Given): RewriteFault[] {
  const { rewrite, domains, upstream, inside, listen, outbound } = given;
  const ours = new Set(domains);
  const isOurs = (name: string) => ours.has(name);
  const faults: RewriteFault[] = [];
  const tell = (direction: 'outbound' | 'inbound', { given }: RewriteEntry, message: string) =>
    faults.push({
      path: rewrite[direction] === 'inverse' ? ['rewrite', direction] : ['rewrite', direction, given],
      message,
    });
  for (const entry of rewrite.outbound) {
    const to = entry.kind === 'address' ? entry.to.domain : entry.to;
    if (!isOurs(to))
      tell('outbound', entry, `in one of your domains, or answers go elsewhere; is ${to} missing in domains?`);
  }
  for (const entry of rewrite.inbound === 'inverse' ? [] : rewrite.inbound) {
    const from = entry.kind === 'address' ? entry.from.domain : entry.from;
    const taken = entry.kind === 'below' ? domains.some((name) => name.endsWith(`.${from}`)) : isOurs(from);
    if (!taken)
      tell(
        'inbound',
        entry,
        `for a domain that mail is taken for; is ${entry.kind === 'below' ? `one below ${from}` : from} missing in domains?`,
      );
  }
  const leaves = inside.length > 0 || (outbound !== undefined && listen.some(({ submission }) => submission));
  if (rewrite.outbound.length > 0 && rewrite.inbound !== 'inverse' && !leaves)
    faults.push({ path: ['rewrite', 'outbound'], message: 'given with inside, the networks whose mail goes out' });
  const map = mapOf(inboundEntries(rewrite));
  if (isEmpty(map)) return faults;
  for (const name of upstream.keys()) {
    const moved = ours.has(name) ? mapDomain(map, name) : null;
    if (moved !== null && moved !== name)
      faults.push({ path: ['upstream', name], message: `named ${moved}, which rewrite.inbound makes of ${name}` });
  }
  return faults;
}

/** Domains of addresses as they go on to the server behind the edge, for which none is named. */
export function onwardWithoutRoute({
  rewrite,
  upstream,
  domains,
}: Pick<Given, 'rewrite' | 'upstream' | 'domains'>): string[] {
  const map = mapOf(inboundEntries(rewrite));
  const onward = [
    ...domains.map((name) => mapDomain(map, name) ?? name),
    ...[...map.addresses.values()].map(({ domain }) => domain),
  ];
  return domainsWithoutRoute(upstream, [...new Set(onward)]);
}
