import type { EdgeTools } from '../../edge/filter.ts';
import type { EdgeOptions } from '../../edge/options.ts';
import { scrubs } from '../../edge/scrubs/index.ts';
import type { Stages } from '../../edge/stage.ts';
import type { Clock } from '../../net/clock.ts';
import type { Resolver } from '../../net/resolver.ts';
import { memoryCounters } from '../../store/counters-memory.ts';

/** All scrubs of the gateway as one call, for a message that is handed on beside it: nothing is counted and nobody is asked. */
export function scrubOf(options: EdgeOptions, clock: Clock, resolver: Resolver): (seen: Stages['message']) => void {
  const tools: EdgeTools = {
    options,
    clock,
    resolver,
    counters: memoryCounters(),
    census: { all: 0, of: () => 0 },
    pressure: { level: 'normal', paused: false },
    ask: async () => 'unknown',
    note: () => undefined,
  };
  const prepared = scrubs.map((scrub) => scrub.prepare(tools));
  return (seen) => {
    for (const scrub of prepared) scrub(seen);
  };
}
