import { z } from 'zod';
import { NetworkSet, readNetwork } from '../../../../wire/ip/networks.ts';
import { doorway } from '../places.ts';

/** Where the pages for machines are. */
export interface MetricsPlace {
  readonly address: string;
  readonly port: number;
}

const LOOPBACK = new NetworkSet([readNetwork('127.0.0.0/8')!, readNetwork('::1/128')!]);

/** Pages for machines: metrics and health. Absent: none. */
export const metrics = z
  .strictObject({
    listen: doorway.describe('Where they are, such as 127.0.0.1:9465.'),
    anyone: z
      .boolean()
      .default(false)
      .describe('Allow an address that others reach too. The pages ask for no password: a firewall must guard them.'),
  })
  .refine(({ listen, anyone }) => anyone || LOOPBACK.has(listen.address), {
    error: 'a loopback address such as 127.0.0.1:9465, or anyone: true must stand beside it',
    path: ['listen'],
  })
  .optional()
  .describe('HTTP pages for machines: /metrics for Prometheus, /healthz and /readyz. Absent: none.');
