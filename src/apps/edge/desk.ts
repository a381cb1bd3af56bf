import type { MetricsPlace } from './config/settings/metrics.ts';
import { type ControlSocket, openControl } from './control-socket.ts';
import type { HealthPages } from './health-pages.ts';
import type { Crew } from './messages.ts';
import { statusOf } from './status.ts';

export interface DeskSettings {
  readonly data: string;
  readonly metrics: MetricsPlace | undefined;
  readonly crew: Crew;
  /** Ends the gateway as SIGTERM does. */
  readonly drain: () => void;
  readonly say: (sentence: string) => void;
}

/** Where the operator and his machines ask: the control socket, and the pages of metrics and health. */
export interface Desk {
  /** Null if there are no pages. */
  readonly metrics: MetricsPlace | null;
  close(): Promise<void>;
}

/** Opens it. A socket that cannot be had is told and mail goes on; a port that cannot be had rejects, as it was asked for. */
export async function openDesk({ data, metrics, crew, drain, say }: DeskSettings): Promise<Desk> {
  const pages: HealthPages | null =
    metrics === undefined ? null : await (await import('./health-pages.ts')).openHealthPages(metrics, crew);
  const control: ControlSocket | null = await openControl(data, (question) => answer(question, crew, drain)).catch(
    (fault: Error) => {
      say(`cannot be controlled while it runs: ${fault.message}`);
      return null;
    },
  );
  return {
    metrics: pages === null || metrics === undefined ? null : { address: metrics.address, port: pages.port },
    async close() {
      await Promise.all([pages?.close(), control?.close()]);
    },
  };
}

async function answer(question: string, crew: Crew, drain: () => void): Promise<unknown> {
  switch (question) {
    case 'sessions':
      return (await crew.ask('sessions')).flat().sort((a, b) => (a.since < b.since ? -1 : 1));
    case 'status':
      return statusOf(await crew.ask('status'));
    case 'pause':
    case 'resume':
      await crew.ask(question);
      return statusOf(await crew.ask('status'));
    case 'drain': {
      const status = statusOf(await crew.ask('status'));
      drain();
      return { ...status, state: 'draining' };
    }
    default:
      return undefined;
  }
}
