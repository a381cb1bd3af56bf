import type { MetricObjectWithValues, MetricValue } from 'prom-client';
import type { EdgeConfig } from './config/config-schema.ts';
import type { Listening } from './gateway.ts';
import type { GatewayStatus, SessionView } from './status.ts';

/** What a gateway can be asked or told while it runs, and what it answers. */
export interface Answers {
  readonly status: GatewayStatus;
  readonly sessions: readonly SessionView[];
  readonly metrics: readonly MetricObjectWithValues<MetricValue<string>>[];
  readonly pause: true;
  readonly resume: true;
}
export type Question = keyof Answers;

/** What a worker tells the process that leads it. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly listening: readonly Listening[] }
  /** For the operator. */
  | { readonly kind: 'said'; readonly sentence: string }
  /** It could not start: a port is taken, a file cannot be read. */
  | { readonly kind: 'failed'; readonly because: string }
  | { readonly kind: 'answer'; readonly number: number; readonly answer: Answers[Question] };

/** What a worker is told. */
export type ToWorker =
  | {
      readonly kind: 'start';
      /** Its number among the workers, from 1; who takes the place of another has that one's. */
      readonly slot: number;
      /** How many there are. */
      readonly workers: number;
      readonly config: EdgeConfig;
      readonly data: string;
      /** Hex; all workers take up the TLS sessions of each other (RFC 5077). */
      readonly ticketKeys: string;
    }
  /** The configuration was read again; a text says why it cannot be used. */
  | { readonly kind: 'reload'; readonly read: EdgeConfig | string }
  | { readonly kind: 'question'; readonly number: number; readonly question: Question };

/** All gateways of this program, one or several: a question goes to each. Who does not answer in time is left out. */
export interface Crew {
  ask<Q extends Question>(question: Q): Promise<readonly Answers[Q][]>;
}
