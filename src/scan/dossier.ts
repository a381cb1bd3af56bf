import type { Depth } from '../finding/report.ts';
import type { Unreached } from '../finding/unreached.ts';
import type { DomainProbe, EndpointProbe, IntrusiveProbe, WebProbe } from './probes/index.ts';

/** What the probes of a list saw, by probe name. A probe that could not look has no entry here but one in `unreached`. */
type Sightings<AnyProbe extends { readonly name: string; look(...args: never[]): Promise<unknown> }> = {
  readonly [P in AnyProbe as P['name']]?: Awaited<ReturnType<P['look']>>;
};

/** All that was seen of one port of one address. */
export interface EndpointDossier {
  readonly address: string;
  readonly port: number;
  readonly state: 'open' | 'closed' | 'filtered' | 'unreached';
  readonly seen: Sightings<EndpointProbe | WebProbe | IntrusiveProbe>;
}

/** All that was seen of one mail server. */
export interface ServerDossier {
  readonly name: string;
  /** From MX; null for the implicit MX (RFC 5321 §5.1) and for a `host:port` target. */
  readonly preference: number | null;
  readonly addresses: readonly string[];
  readonly endpoints: readonly EndpointDossier[];
}

/** All sightings of a target. Plain data: it survives JSON unchanged, so that it can be stored and judged again. */
export interface Dossier {
  readonly target: string;
  readonly depth: Depth;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly domain: Sightings<DomainProbe>;
  readonly servers: readonly ServerDossier[];
  readonly unreached: readonly Unreached[];
}
