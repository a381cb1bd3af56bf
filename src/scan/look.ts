import type { Depth } from '../finding/report.ts';
import { type Unreached, UnreachedError, type UnreachedReason } from '../finding/unreached.ts';
import type { Dossier, EndpointDossier, ServerDossier } from './dossier.ts';
import type { DomainTarget, EndpointTarget, Pin, Probe, ScanTools } from './probe.ts';
import { domainProbes, endpointProbes, intrusiveProbes, webProbes } from './probes/index.ts';
import type { Target } from './target.ts';

/** How far a scan goes, and which doors it knocks on. */
export interface LookOptions {
  readonly depth: Depth;
  readonly smtpPorts: readonly number[];
  /** Web ports of the mail servers; a pinned port is one of SMTP and says nothing of these. */
  readonly httpPorts?: readonly number[];
  /** Where to find a host instead of asking DNS, by its lower-case name. */
  readonly pins: ReadonlyMap<string, Pin>;
}

/** The most a target's DNS can make a scan knock on. What is beyond is told as unreached, with the reason `budget`. */
export const LOOK_LIMITS = { servers: 10, addressesPerServer: 4 } as const;

export type { Pin };

type Named<Target> = Probe<string, Target, unknown>;

/**
 * Looks at one target with every probe its depth allows and returns all that was seen. Never judges, and never throws for what
 * a stranger did or did not send: what could not be looked at is in `unreached`.
 */
export async function look(target: Target, options: LookOptions, tools: ScanTools): Promise<Dossier> {
  const startedAt = new Date(tools.clock.now()).toISOString();
  const unreached: Unreached[] = [];
  const domain =
    target.kind === 'domain' ? await lookAtDomain({ domain: target.domain, pins: options.pins }, tools, unreached) : {};
  const doors =
    target.kind === 'domain' ? fromMailMap(domain, unreached) : [await fromServer(target, options, tools, unreached)];
  const servers =
    options.depth === 'passive'
      ? doors.map((door) => ({ ...door, endpoints: [] }))
      : await Promise.all(doors.map((door) => lookAtServer(door, target, options, tools, unreached)));
  const whole =
    options.depth === 'intrusive' ? await lookIntrusively(servers, target, options, tools, unreached) : servers;
  const finishedAt = new Date(tools.clock.now()).toISOString();
  return { target: target.text, depth: options.depth, startedAt, finishedAt, domain, servers: whole, unreached };
}

type Door = Omit<ServerDossier, 'endpoints'>;

async function lookAtDomain(
  target: DomainTarget,
  tools: ScanTools,
  unreached: Unreached[],
): Promise<Dossier['domain']> {
  const seen = await Promise.all(
    domainProbes.map((probe) => lookWith<DomainTarget>(probe, target, target.domain, tools, unreached)),
  );
  return Object.assign({}, ...seen) as Dossier['domain'];
}

function fromMailMap(seen: Dossier['domain'], unreached: Unreached[]): Door[] {
  const map = seen['mail-map'];
  const servers = map?.servers ?? [];
  const beyond = (map?.serverCount ?? servers.length) - LOOK_LIMITS.servers;
  if (beyond > 0)
    unreached.push({
      what: `${beyond} further mail servers`,
      reason: 'budget',
      detail: `a scan visits ${LOOK_LIMITS.servers}`,
    });
  return servers
    .slice(0, LOOK_LIMITS.servers)
    .map(({ name, preference, addresses }) => ({ name, preference, addresses }));
}

async function fromServer(
  target: Target & { kind: 'server' },
  options: LookOptions,
  tools: ScanTools,
  unreached: Unreached[],
): Promise<Door> {
  const door = { name: target.host, preference: null };
  if (/^[\d.]+$|:/.test(target.host)) return { ...door, addresses: [target.host] };
  if (options.pins.has(target.host)) return { ...door, addresses: [] };
  const answers = await Promise.all([
    tools.resolver.query(target.host, 'A'),
    tools.resolver.query(target.host, 'AAAA'),
  ]);
  const addresses = answers.flatMap((answer) =>
    answer.status === 'found' ? answer.records.flatMap((record) => ('address' in record ? [record.address] : [])) : [],
  );
  if (addresses.length === 0) unreached.push({ what: target.host, ...whyNoAddress(answers) });
  return { ...door, addresses };
}

function whyNoAddress(
  answers: readonly Awaited<ReturnType<ScanTools['resolver']['query']>>[],
): Omit<Unreached, 'what'> {
  for (const answer of answers) if (answer.status === 'failed') return { reason: answer.reason, detail: answer.detail };
  return { reason: answers.some((answer) => answer.status === 'no-such-name') ? 'no-such-domain' : 'no-address' };
}

async function lookAtServer(
  door: Door,
  target: Target,
  options: LookOptions,
  tools: ScanTools,
  unreached: Unreached[],
): Promise<ServerDossier> {
  const pin = options.pins.get(door.name);
  const addresses = pin === undefined ? door.addresses : [pin.address];
  const beyond = addresses.length - LOOK_LIMITS.addressesPerServer;
  if (beyond > 0) {
    const detail = `a scan visits ${LOOK_LIMITS.addressesPerServer} of each server`;
    unreached.push({ what: `${beyond} further addresses of ${door.name}`, reason: 'budget', detail });
  }
  const ports = target.kind === 'server' ? [target.port] : options.smtpPorts;
  const domain = target.kind === 'server' ? target.host : target.domain;
  const seen = await Promise.all(
    addresses.slice(0, LOOK_LIMITS.addressesPerServer).flatMap((address) => {
      const at = (port: number): EndpointTarget => ({ name: door.name, address, port, domain });
      return [
        ...ports.map((port) => lookAtEndpoint({ ...at(port), ...pinned(pin) }, endpointProbes, tools, unreached)),
        ...(options.httpPorts ?? []).map((port) => lookAtEndpoint(at(port), webProbes, tools, unreached)),
      ];
    }),
  );
  return { ...door, addresses, endpoints: seen };
}

/** Tries what needs consent at one endpoint only: the first that is open, of the server that mail goes to first. */
async function lookIntrusively(
  servers: readonly ServerDossier[],
  target: Target,
  options: LookOptions,
  tools: ScanTools,
  unreached: Unreached[],
): Promise<readonly ServerDossier[]> {
  const isOpen = ({ state, seen }: EndpointDossier) => state === 'open' && seen.visit !== undefined;
  const server = servers.find(({ endpoints }) => endpoints.some(isOpen));
  const open = server?.endpoints.find(isOpen);
  if (server === undefined || open === undefined) return servers;
  const { address, port } = open;
  const domain = target.kind === 'server' ? target.host : target.domain;
  const endpoint = { name: server.name, address, port, domain, ...pinned(options.pins.get(server.name)) };
  let { seen } = open;
  for (const probe of intrusiveProbes) {
    const found = await lookWith<EndpointTarget>(
      probe,
      endpoint,
      `${server.name} ${address}:${port}`,
      tools,
      unreached,
    );
    seen = { ...seen, ...found };
  }
  const endpoints = server.endpoints.map((one) => (one === open ? { ...one, seen } : one));
  return servers.map((one) => (one === server ? { ...server, endpoints } : one));
}

function pinned(pin: Pin | undefined): Pick<EndpointTarget, 'pinned'> {
  return pin?.port == null ? {} : { pinned: { address: pin.address, port: pin.port } };
}

async function lookAtEndpoint(
  target: EndpointTarget,
  probes: readonly Named<EndpointTarget>[],
  tools: ScanTools,
  unreached: Unreached[],
): Promise<EndpointDossier> {
  const { address, port } = target;
  const missed: Unreached[] = [];
  let seen: EndpointDossier['seen'] = {};
  for (const probe of probes) {
    const found = await lookWith<EndpointTarget>(probe, target, `${target.name} ${address}:${port}`, tools, missed);
    seen = { ...seen, ...found };
  }
  unreached.push(...missed);
  return { address, port, state: endpointState(seen, missed), seen };
}

/** A server that turns away or falls silent before it answers EHLO was not looked at, whatever its greeting said. */
function endpointState(seen: EndpointDossier['seen'], missed: readonly Unreached[]): EndpointDossier['state'] {
  const { visit, web } = seen;
  if (web !== undefined) return 'open';
  if (visit !== undefined) return visit.steps.ehlo === undefined && visit.ended.how !== 'done' ? 'unreached' : 'open';
  const states: { readonly [R in UnreachedReason]?: EndpointDossier['state'] } = {
    refused: 'closed',
    filtered: 'filtered',
  };
  const reason = missed[0]?.reason;
  return (reason && states[reason]) ?? 'unreached';
}

async function lookWith<T>(
  probe: Named<T>,
  target: T,
  subject: string,
  tools: ScanTools,
  unreached: Unreached[],
): Promise<{ readonly [name: string]: unknown }> {
  try {
    const seen = await probe.look(target, tools);
    for (const { part, ...why } of probe.missed?.(seen) ?? [])
      unreached.push({ what: `${part} of ${subject}`, ...why });
    return { [probe.name]: seen };
  } catch (fault) {
    if (!(fault instanceof UnreachedError)) throw fault;
    const detail = fault.detail === undefined ? {} : { detail: fault.detail };
    unreached.push({ what: `${probe.name} of ${subject}`, reason: fault.reason, ...detail });
    return {};
  }
}
