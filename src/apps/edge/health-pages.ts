import { once } from 'node:events';
import { createServer } from 'node:http';
import type { MetricsPlace } from './config/settings/metrics.ts';
import { listenFault } from './listen-fault.ts';
import type { Crew } from './messages.ts';
import { metricsPage } from './metrics.ts';
import { isReady, statusOf } from './status.ts';

export interface HealthPages {
  readonly port: number;
  close(): Promise<void>;
}

/** Milliseconds for a request. */
const PATIENCE = 10_000;

/**
 * Opens the pages for machines: `/metrics` for Prometheus, `/healthz` (200 while it lives) and `/readyz` (200 while it takes mail). They
 * say nothing of mail or peers but numbers. Rejects if the port cannot be had.
 */
export async function openHealthPages({ address, port }: MetricsPlace, crew: Crew): Promise<HealthPages> {
  const server = createServer({ requestTimeout: PATIENCE, headersTimeout: PATIENCE }, async (request, response) => {
    const answer = (code: number, type: string, text: string) =>
      response.writeHead(code, { 'content-type': type, 'cache-control': 'no-store' }).end(text);
    if (request.method !== 'GET' && request.method !== 'HEAD') return answer(405, 'text/plain', 'GET only\n');
    try {
      const path = (request.url ?? '').replace(/\?.*$/, '');
      if (path === '/metrics') {
        const page = await metricsPage(await crew.ask('metrics'));
        return answer(200, page.type, page.text);
      }
      if (path !== '/healthz' && path !== '/readyz') return answer(404, 'text/plain', 'not found\n');
      const { workers, ...status } = statusOf(await crew.ask('status'));
      const well = path === '/healthz' ? workers.length > 0 : isReady({ ...status, workers });
      return answer(
        well ? 200 : 503,
        'application/json',
        `${JSON.stringify({ ...status, workers: workers.length })}\n`,
      );
    } catch {
      return answer(503, 'text/plain', 'not now\n');
    }
  });
  server.listen({ host: address, port });
  await once(server, 'listening').catch((fault) => Promise.reject(listenFault(fault, { address, port })));
  const bound = server.address();
  return {
    port: bound !== null && typeof bound === 'object' ? bound.port : port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
    },
  };
}
