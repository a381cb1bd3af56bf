import type { Clock } from '../net/clock.ts';
import type { Resolver } from '../net/resolver.ts';
import type { Counters } from '../store/counters.ts';
import type { EdgeEvent } from './event.ts';
import type { EdgeOptions } from './options.ts';
import type { Pressure } from './pressure.ts';
import type { EdgeRule, Hit } from './rule.ts';
import type { Stages } from './stage.ts';
import type { HandOn } from './upstream/upstream.ts';

export type Awaitable<T> = T | Promise<T>;

/** What the server behind the edge says of a recipient; `unknown` if it said nothing, as one that is down. */
export type RecipientWord = 'taken' | 'refused' | 'later' | 'unknown';
export type AskUpstream = (address: string) => Promise<RecipientWord>;

/** Who is connected to this process now. */
export interface Census {
  readonly all: number;
  /** Connections of an address, or of its /64. */
  of(address: string): number;
}

/** Everything from outside that a filter may use. Shared by all sessions of a process. */
export interface EdgeTools {
  readonly options: EdgeOptions;
  readonly clock: Clock;
  readonly resolver: Resolver;
  readonly counters: Counters;
  readonly census: Census;
  readonly pressure: Pressure;
  /** Asks the upstream about a recipient. */
  readonly ask: AskUpstream;
  /** Tells the operator's log what is no matter of one session. */
  readonly note: (what: string, facts: Readonly<Record<string, unknown>>) => void;
}

/** What a filter keeps for one connection: a function for each stage it cares about. State lives in the closure. */
export type OpenFilter = { readonly [S in keyof Stages]?: (seen: Stages[S]) => Awaitable<Hit | undefined> } & {
  /** Told what became of a message that was let in. */
  readonly handed?: (seen: Stages['message'], kind: HandOn['kind']) => void;
  /** Told everything that happens in the session. */
  readonly heard?: (event: EdgeEvent) => void;
  /** Told once, when the session ends, however it ends. */
  readonly closed?: () => void;
};

/** A filter says what it recognises and leaves the verdict to policy. The order of the list is the order of cost. */
export interface Filter {
  readonly name: string;
  readonly rules: readonly [EdgeRule, ...EdgeRule[]];
  /** Called once for a configuration: what it returns is called once a connection. Null: nothing to ask, or switched off. */
  prepare(tools: EdgeTools): (() => OpenFilter) | null;
}

/** For a filter that keeps nothing of a connection: all of them get the same, so that a crowd of thousands costs nothing here. */
export function shared(filter: OpenFilter): () => OpenFilter {
  return () => filter;
}
