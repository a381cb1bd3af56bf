import type { Clock } from '../net/clock.ts';
import type { EdgeListener } from './event.ts';
import type { OpenFilter } from './filter.ts';
import type { EdgeOptions } from './options.ts';
import type { Policy } from './policy.ts';
import type { Hit } from './rule.ts';
import type { Peer, Stages } from './stage.ts';
import type { Upstream } from './upstream.ts';

/** The rim of a session: the only thing of the outside it can touch. */
export interface SessionWire {
  write(text: string): void;
  /** Begins the TLS handshake; `Session.secured` is called when it is done. */
  startTls(): void;
  /** Writes what is left and hangs up. */
  end(): void;
  /** Stops and resumes reading, so that a fast peer cannot fill our memory. */
  hold(): void;
  resume(): void;
}

/** Everything a session is given. */
export interface SessionSetting {
  readonly id: string;
  readonly peer: Peer;
  readonly options: EdgeOptions;
  readonly policy: Policy;
  readonly upstream: Upstream;
  readonly filters: readonly OpenFilter[];
  /** Changes a message that is let in, and says what it changed. */
  readonly scrub: (seen: Stages['message']) => readonly Hit[];
  readonly clock: Clock;
  readonly listen: EdgeListener;
  /** A new id for a message, unique for ever. */
  readonly messageId: () => string;
}
