import { createFetch } from '../../net/http.ts';
import { type KeptPolicy, mtaStsKeeper } from '../../net/mta-sts-keeper.ts';
import { addressesOf } from '../../net/resolver-addresses.ts';
import type { EdgeConfig } from './config/config-schema.ts';
import type { LinkSettings } from './upstream-link.ts';

export interface LinkSurroundings extends Pick<LinkSettings, 'clock' | 'resolver' | 'workers' | 'noted'> {
  /** Where MTA-STS policies are kept. */
  readonly load: (domain: string) => KeptPolicy | null;
  readonly save: (domain: string, kept: KeptPolicy) => void;
  /** Told when one could not be fetched. */
  readonly failed?: (domain: string, why: string) => void;
}

/** How servers behind the edge are reached, whoever does it: the gateway, or who releases a message beside it. */
export function linkSettings(config: EdgeConfig, surroundings: LinkSurroundings): LinkSettings {
  const { clock, resolver, workers, noted, ...kept } = surroundings;
  const bySystem = config.resolver === undefined;
  const fetch = createFetch(bySystem ? {} : { addressesOf: (name) => addressesOf(name, resolver) });
  return {
    hostName: config.hostName,
    clock,
    resolver,
    workers,
    bySystem,
    mtaSts: mtaStsKeeper({ resolver, fetch, clock, ...kept }),
    noted,
  };
}
