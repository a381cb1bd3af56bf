import { PRESSURE_LEVELS, type PressureLevel, type PressureReadings } from '../../edge/pressure.ts';

/** How one process of the gateway is. */
export interface GatewayStatus {
  readonly pid: number;
  readonly startedAt: string;
  readonly level: PressureLevel;
  readonly signals: PressureReadings;
  readonly paused: boolean;
  readonly draining: boolean;
  readonly sessions: number;
  readonly messages: MessageCounts;
  /** Messages that wait for the upstream's answer, and the median of what it took lately, in milliseconds. */
  readonly upstream: { readonly available: boolean; readonly pending: number; readonly median: number };
  /** Bytes of memory. */
  readonly memory: number;
  /** Lines of the log that could be neither written nor held. */
  readonly linesLost: number;
}

/** Messages since the process began, by what was answered. */
export interface MessageCounts {
  readonly accepted: number;
  readonly putOff: number;
  readonly refused: number;
}

/** How the gateway is; the fields are those of `mailward edge status --json`. */
export interface EdgeStatus {
  readonly schema: 'mailward/edge-status/1';
  readonly state: 'serving' | 'paused' | 'draining';
  readonly level: PressureLevel;
  readonly sessions: number;
  readonly messages: MessageCounts;
  readonly upstream: GatewayStatus['upstream'];
  readonly workers: readonly GatewayStatus[];
}

/** A session that is open now; the fields are those of `mailward edge sessions --json`. */
export interface SessionView {
  readonly schema: 'mailward/edge-session/1';
  readonly id: string;
  readonly peer: string;
  readonly since: string;
  readonly hello: string | null;
  readonly tls: string | null;
  /** What it has come to. */
  readonly stage: 'connect' | 'hello' | 'mail' | 'rcpt';
  readonly sender: string | null;
  readonly recipients: number;
  readonly messages: number;
  readonly faults: number;
}

/** One status of several: sums where things add up, and the worst where they do not. */
export function statusOf(workers: readonly GatewayStatus[]): EdgeStatus {
  const sum = (value: (worker: GatewayStatus) => number) => workers.reduce((all, worker) => all + value(worker), 0);
  const worst = Math.max(0, ...workers.map(({ level }) => PRESSURE_LEVELS.indexOf(level)));
  return {
    schema: 'mailward/edge-status/1',
    state: workers.some(({ draining }) => draining)
      ? 'draining'
      : workers.some(({ paused }) => paused)
        ? 'paused'
        : 'serving',
    level: PRESSURE_LEVELS[worst] ?? 'normal',
    sessions: sum(({ sessions }) => sessions),
    messages: {
      accepted: sum(({ messages }) => messages.accepted),
      putOff: sum(({ messages }) => messages.putOff),
      refused: sum(({ messages }) => messages.refused),
    },
    upstream: {
      available: workers.some(({ upstream }) => upstream.available),
      pending: sum(({ upstream }) => upstream.pending),
      median: Math.max(0, ...workers.map(({ upstream }) => upstream.median)),
    },
    workers,
  };
}

/** True if the gateway takes mail of everybody: what a load balancer wants to know. */
export function isReady(status: EdgeStatus): boolean {
  return (
    status.workers.length > 0 && status.state === 'serving' && status.level !== 'full' && status.upstream.available
  );
}
