import { createPace, POLITE } from '../../src/net/pace.ts';
import type { Resolver } from '../../src/net/resolver.ts';
import type { ScanTools } from '../../src/scan/probe.ts';
import { createFakeClock } from './fake-clock.ts';

/** Tools of a scan that reach DNS only: whoever opens a connection is refused. */
export function dnsTools(resolver: Resolver): ScanTools {
  const clock = createFakeClock();
  return {
    resolver,
    http: async () => ({ kind: 'failed', why: 'ECONNREFUSED', fault: { at: 'reach', reason: 'refused' } }),
    web: {
      open: () => ({ get: async () => ({ ok: false, reason: 'refused', detail: 'ECONNREFUSED' }), close: () => {} }),
    },
    smtp: { open: async () => ({ ok: false, reason: 'refused', detail: 'ECONNREFUSED' }) },
    pace: createPace(clock, { ...POLITE, gap: 0 }),
    clock,
    token: (length) => 'q'.repeat(length),
    asker: { hostName: 'asker.example', mailbox: 'postmaster@asker.example' },
  };
}
