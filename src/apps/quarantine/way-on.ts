import type { QuarantineNote } from '../../edge/quarantine.ts';
import type { Clock } from '../../net/clock.ts';
import { createResolver } from '../../net/dns-resolver.ts';
import { systemServers } from '../../net/dns-server-address.ts';
import type { EdgeConfig } from '../edge/config/config-schema.ts';
import { optionsOf } from '../edge/config/edge-options.ts';
import { keptPolicies } from '../edge/kept-policies.ts';
import { linkSettings } from '../edge/link-settings.ts';
import { linkUpstreams } from '../edge/upstream-link.ts';
import { type ReleasedRecipient, release } from './release.ts';
import { scrubOf } from './scrub.ts';

/** The servers behind the edge, for messages that go on beside it. */
export interface WayOn {
  release(
    note: QuarantineNote,
    message: Buffer,
    taken: (addresses: readonly string[]) => Promise<void>,
  ): Promise<ReleasedRecipient[]>;
  close(): void;
}

/** Milliseconds between two looks at deadlines. */
const SWEEP = 1_000;

/** Links the servers that a configuration names. Throws if a file that it names cannot be read. */
export function openWayOn(config: EdgeConfig, data: string, clock: Clock): WayOn {
  const options = optionsOf(config);
  const resolver = createResolver({ servers: config.resolver ?? systemServers(), clock });
  // The files of policies are the gateway's: they are read here and never written, which root would do in its own name.
  const { load } = keptPolicies(data);
  const link = linkSettings(config, {
    clock,
    resolver,
    workers: 1,
    noted: () => undefined,
    load,
    save: () => undefined,
  });
  const upstream = linkUpstreams(config.upstream, link);
  const outbound = config.outbound === undefined ? upstream : linkUpstreams(config.outbound, link);
  const all = outbound === upstream ? [upstream] : [upstream, outbound];
  const scrub = scrubOf(options, clock, resolver);
  // Last, as it keeps the process from ending.
  const timer = setInterval(() => {
    for (const links of all) links.sweep();
  }, SWEEP);
  return {
    release: (note, message, taken) =>
      release(note, message, {
        routes: note.direction === 'out' ? outbound : upstream,
        options,
        scrub,
        clock,
        patience: config.limits.answerTimeout,
        taken,
      }),
    close() {
      clearInterval(timer);
      for (const links of all) for (const relay of links.all) relay.close();
      resolver.close();
    },
  };
}
