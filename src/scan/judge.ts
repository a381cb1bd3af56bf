import { graded } from '../finding/grade.ts';
import type { Identity } from '../finding/identity.ts';
import type { Report, ReportEndpoint, ReportServer } from '../finding/report.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import { identify } from '../platform/identify.ts';
import type { Sighting } from '../platform/sighting.ts';
import { holesOf } from '../platform/vulnerable.ts';
import { checks } from './checks/index.ts';
import type { Dossier, EndpointDossier } from './dossier.ts';
import { sightingsOf } from './sightings.ts';

/**
 * Judges what was seen, with the knowledge of today. Nothing touches the network: a stored dossier can be judged again at any time.
 */
export function judge(dossier: Dossier): Report {
  const servers: ReportServer[] = dossier.servers.map((server) => ({
    ...server,
    endpoints: joined(server.endpoints.map(named)),
  }));
  const findings = checks.flatMap((check) => [...check.judge(dossier)]);
  const { target, depth, startedAt, finishedAt, unreached } = dossier;
  const report = {
    target,
    depth,
    startedAt,
    finishedAt,
    servers,
    findings,
    vulnerabilities: holes(servers),
    unreached,
    dossier,
  };
  return graded(report, countSightings(dossier));
}

interface Named extends ReportEndpoint {
  readonly sightings: readonly Sighting[];
}

/** An endpoint with what it is, as far as it tells itself. */
function named(endpoint: EndpointDossier): Named {
  const { address, port, state } = endpoint;
  const sightings = sightingsOf(endpoint);
  return { address, port, state, identity: identityOf(sightings), sightings };
}

/**
 * Lets the doors of one server that turn out to be the same product speak for each other: the greeting names it, the web side tells the
 * build. Doors of different products, as a web mail in front of a mail server, keep to themselves.
 */
function joined(endpoints: readonly Named[]): ReportEndpoint[] {
  return endpoints.map(({ sightings, identity, ...endpoint }) => {
    if (identity === null) return { ...endpoint, identity };
    const alike = endpoints.filter((other) => other.identity?.productId === identity.productId);
    const own = new Set(sightings.map(({ kind }) => kind));
    // The same words at a second door prove nothing more.
    const further = alike.flatMap((other) => other.sightings).filter(({ kind }) => !own.has(kind));
    if (further.length === 0) return { ...endpoint, identity };
    const { vendor, product } = identity;
    return { ...endpoint, identity: { ...identify([...sightings, ...further]), vendor, product } };
  });
}

/** What sightings name, or null if they name nothing. */
function identityOf(sightings: readonly Sighting[]): Identity | null {
  if (sightings.length === 0) return null;
  const identity = identify(sightings);
  return identity.product === null ? null : identity;
}

/** The holes of every product that was named, told at the first door of a server that has it. */
function holes(servers: readonly ReportServer[]): Vulnerability[] {
  return servers.flatMap(({ name, endpoints }) => {
    const met = new Set<string>();
    return endpoints.flatMap(({ identity, port }) => {
      const build = JSON.stringify([identity?.productId, identity?.version, identity?.packageVersion]);
      if (identity === null || met.has(build)) return [];
      met.add(build);
      return holesOf(identity, `${name}:${port}`);
    });
  });
}

function countSightings({ domain, servers }: Dossier): number {
  const ofServers = servers.flatMap((server) => server.endpoints).map((endpoint) => Object.keys(endpoint.seen).length);
  return Object.keys(domain).length + ofServers.reduce((sum, count) => sum + count, 0);
}
