import {
  AggregatorRegistry,
  Counter,
  collectDefaultMetrics,
  Gauge,
  Histogram,
  type MetricObjectWithValues,
  type MetricValue,
  Registry,
} from 'prom-client';
import type { EdgeEvent } from '../../edge/event.ts';
import { IN_MILLISECONDS, PRESSURE_LEVELS, PRESSURE_SIGNALS } from '../../edge/pressure.ts';
import { outcomeOf } from './message-counts.ts';
import type { GatewayStatus } from './status.ts';

/** Seconds from the end of a message to our answer. */
const ANSWER_BUCKETS = [0.005, 0.02, 0.1, 0.5, 2, 5, 20, 60, 300];

const OUTCOMES = ['accepted', 'putOff', 'refused'] as const;

/** Numbers that a gateway keeps about itself, in the names that Prometheus wants. */
export interface EdgeMetrics {
  listen(event: EdgeEvent): void;
  read(status: GatewayStatus): Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;
}

/** Begins to count. What a stranger chooses is no label: labels are rules, outcomes and signals, of which there are few. */
export function openMetrics(): EdgeMetrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const count = <L extends string>(name: string, help: string, labelNames: readonly L[] = []) =>
    new Counter({ name: `mailward_edge_${name}`, help, labelNames, registers });
  const gauge = <L extends string>(
    name: string,
    help: string,
    aggregator: 'sum' | 'max',
    labelNames: readonly L[] = [],
  ) => new Gauge({ name: `mailward_edge_${name}`, help, labelNames, registers, aggregator });
  const connections = count('connections_total', 'Connections that were taken');
  const messages = count('messages_total', 'Messages that came whole, by what was answered', ['outcome']);
  const bytes = count('message_bytes_total', 'Bytes of accepted messages');
  const hits = count('hits_total', 'What filters recognised', ['rule']);
  const faults = count('faults_total', 'Errors of peers, by what was done about them', ['rule', 'action']);
  const refusals = count('refusals_total', 'Refusals and deferrals before a message came', ['rule']);
  const answers = new Histogram({
    name: 'mailward_edge_answer_seconds',
    help: 'From the end of a message to our answer: filters and upstream',
    buckets: ANSWER_BUCKETS,
    registers,
  });
  const sessions = gauge('sessions', 'Sessions that are open', 'sum');
  const level = gauge('pressure_level', '0 normal, 1 high (strangers wait), 2 full (everybody does)', 'max');
  const times = gauge('pressure_seconds', 'Times that the level is made of', 'max', ['signal']);
  const parts = gauge('pressure_ratio', 'Parts of a whole that the level is made of', 'max', ['signal']);
  const upstream = gauge('upstream_available', '1 while at least one process reaches the upstream', 'max');
  const linesLost = count('log_lines_lost_total', 'Lines of the log that could be neither written nor held');
  const notKept = count('quarantine_full_total', 'Messages put off since the quarantine, or its disk, took nothing');
  const pending = gauge('upstream_pending', 'Messages that wait for the upstream', 'sum');

  // Rates of what has not happened yet are 0, and not nothing.
  for (const outcome of OUTCOMES) messages.inc({ outcome }, 0);

  return {
    listen(event) {
      switch (event.kind) {
        case 'connected':
          return connections.inc();
        case 'message': {
          const outcome = outcomeOf(event.code);
          messages.inc({ outcome });
          if (event.verdict === 'quarantine' && outcome === 'putOff') notKept.inc();
          if (outcome === 'accepted') bytes.inc(event.size);
          return answers.observe(event.took / 1_000);
        }
        case 'hit':
          return hits.inc({ rule: event.hit.rule.id });
        case 'fault':
          return faults.inc({ rule: event.rule.id, action: event.action });
        case 'refused':
          return refusals.inc({ rule: event.rule ?? 'score' });
        case 'closed':
          return;
      }
    },
    read(status) {
      sessions.set(status.sessions);
      level.set(PRESSURE_LEVELS.indexOf(status.level));
      for (const signal of PRESSURE_SIGNALS) {
        const value = status.signals[signal];
        if (value === null) continue;
        if (IN_MILLISECONDS.has(signal)) times.set({ signal }, value / 1_000);
        else parts.set({ signal }, value);
      }
      upstream.set(status.upstream.available ? 1 : 0);
      pending.set(status.upstream.pending);
      linesLost.reset();
      linesLost.inc(status.linesLost);
      return registry.getMetricsAsJSON();
    },
  };
}

/** One page of what several processes counted. */
export async function metricsPage(
  read: readonly (readonly MetricObjectWithValues<MetricValue<string>>[])[],
): Promise<{ readonly type: string; readonly text: string }> {
  const all = AggregatorRegistry.aggregate(read as object[]);
  return { type: all.contentType, text: await all.metrics() };
}
