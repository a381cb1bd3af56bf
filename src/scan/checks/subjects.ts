import type { Evidence } from '../../finding/evidence.ts';
import type { Dossier, EndpointDossier, ServerDossier } from '../dossier.ts';
import type { Exchange, VisitSeen } from '../probes/visit-seen.ts';
import type { WebPage } from '../probes/web-seen.ts';

/** One visited endpoint, with the words a finding needs to name it. */
export interface Visited {
  readonly server: ServerDossier;
  readonly endpoint: EndpointDossier;
  readonly visit: VisitSeen;
  /** `name:port`. */
  readonly subject: string;
}

/** Every endpoint that was visited. */
export function* visited(dossier: Dossier): Generator<Visited> {
  for (const server of dossier.servers) {
    for (const endpoint of server.endpoints) {
      const { visit } = endpoint.seen;
      if (visit !== undefined) yield { server, endpoint, visit, subject: `${server.name}:${endpoint.port}` };
    }
  }
}

/** Every page that the web side of a server showed. */
export function* webPages(dossier: Dossier): Generator<{ readonly page: WebPage; readonly subject: string }> {
  for (const server of dossier.servers)
    for (const { port, seen } of server.endpoints)
      for (const page of seen.web?.pages ?? []) yield { page, subject: `${server.name}:${port}` };
}

/** What a page said, as evidence. */
export function quotedPage({ url, status }: WebPage, quote: string): Evidence {
  return { kind: 'http', url, status, quote };
}

/** The lines of one exchange, as evidence. */
export function quoted(visit: VisitSeen, exchange: Exchange): Evidence {
  const [from, to] = exchange.at;
  return { kind: 'dialogue', lines: visit.lines.slice(from, to + 1) };
}

/** A record as evidence. */
export function recordOf(name: string, type: string, data: string): Evidence {
  return { kind: 'record', name, type, data };
}
