import { graded } from '../finding/grade.ts';
import type { Identity } from '../finding/identity.ts';
import type { Report, ReportServer } from '../finding/report.ts';
import type { Vulnerability } from '../finding/vulnerability.ts';
import { identify } from '../platform/identify.ts';
import type { Sighting } from '../platform/sighting.ts';
import { holesOf } from '../platform/vulnerable.ts';
import { checks } from './checks/index.ts';
import type { Dossier, EndpointDossier } from './dossier.ts';
import { sightingsOf } from './sightings.ts';

/** What was learnt of servers elsewhere than at their doors (a bounce), by their names. */
export type Hearsay = ReadonlyMap<string, readonly Sighting[]>;

/**
 * Judges what was seen, with the knowledge of today. Nothing touches the network: a stored dossier can be judged again at any time.
 */
export function judge(dossier: Dossier, hearsay: Hearsay = new Map()): Report {
  const servers: ReportServer[] = dossier.servers.map((server) => ({
    ...server,
    endpoints: server.endpoints.map((endpoint) => ({
      address: endpoint.address,
      port: endpoint.port,
      state: endpoint.state,
      identity: identityOf(endpoint, hearsay.get(server.name) ?? []),
    })),
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

/** What an endpoint is, or null if nothing told it. */
function identityOf(endpoint: EndpointDossier, heard: readonly Sighting[]): Identity | null {
  const sightings = [...sightingsOf(endpoint), ...heard];
  if (sightings.length === 0) return null;
  const identity = identify(sightings);
  return identity.product === null ? null : identity;
}

/** The holes of every product that was named. Servers that are alike are judged once, and each is named. */
function holes(servers: readonly ReportServer[]): Vulnerability[] {
  return servers.flatMap((server) =>
    server.endpoints.flatMap((endpoint) =>
      endpoint.identity === null ? [] : holesOf(endpoint.identity, `${server.name}:${endpoint.port}`),
    ),
  );
}

function countSightings({ domain, servers }: Dossier): number {
  const ofServers = servers.flatMap((server) => server.endpoints).map((endpoint) => Object.keys(endpoint.seen).length);
  return Object.keys(domain).length + ofServers.reduce((sum, count) => sum + count, 0);
}
