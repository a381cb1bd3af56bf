import type { Action, EdgeRule, Hit } from './rule.ts';
import type { Recipient, Stage } from './stage.ts';

/** Something that happened in a session. Events never decide anything: logs, metrics and the store listen. */
export type EdgeEvent =
  | { readonly kind: 'connected'; readonly session: string; readonly peer: string }
  | { readonly kind: 'hit'; readonly session: string; readonly stage: Stage; readonly hit: Hit }
  | {
      readonly kind: 'refused';
      readonly session: string;
      readonly stage: Stage;
      readonly code: number;
      readonly rule: string | null;
    }
  | {
      readonly kind: 'fault';
      readonly session: string;
      readonly rule: EdgeRule;
      readonly because: string;
      readonly action: Action;
    }
  | {
      readonly kind: 'message';
      readonly session: string;
      readonly id: string;
      readonly sender: string;
      readonly recipients: readonly Recipient[];
      readonly size: number;
      readonly verdict: string;
      readonly code: number;
      readonly because: readonly string[];
      readonly took: number;
      /** What the upstream said, for the log alone. */
      readonly upstream?: string;
    }
  | { readonly kind: 'closed'; readonly session: string; readonly how: string; readonly messages: number };

export type EdgeListener = (event: EdgeEvent) => void;

/** The first bytes of what a peer sent, as an event may hold them. */
export const quoted = (bytes: Buffer): string => JSON.stringify(bytes.toString('latin1', 0, 60));
