import type { Census } from '../../edge/filter.ts';
import { sharedNetwork } from '../../wire/ip/networks.ts';

/** Counts who is connected. It outlives a change of configuration. */
export interface LiveCensus extends Census {
  enter(address: string): void;
  leave(address: string): void;
}

export function createCensus(): LiveCensus {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    get all() {
      return all;
    },
    of: (address) => counts.get(sharedNetwork(address)) ?? 0,
    enter(address) {
      const key = sharedNetwork(address);
      all++;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    leave(address) {
      const key = sharedNetwork(address);
      const left = (counts.get(key) ?? 1) - 1;
      all--;
      if (left > 0) counts.set(key, left);
      else counts.delete(key);
    },
  };
}
