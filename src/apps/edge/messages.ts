import type { Listening } from './gateway.ts';

/** What a worker tells the process that leads it. */
export type FromWorker =
  | { readonly kind: 'listening'; readonly listening: readonly Listening[] }
  /** It could not start: a port is taken, a file cannot be read. */
  | { readonly kind: 'failed'; readonly because: string };

/** What a worker is told when it starts. */
export interface ToWorker {
  readonly kind: 'start';
  /** Hex; all workers take up the TLS sessions of each other (RFC 5077). */
  readonly ticketKeys: string;
}
