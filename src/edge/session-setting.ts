import type { Clock } from '../net/clock.ts';
import type { Rewrites } from './envelope/rewrite.ts';
import type { EdgeListener } from './event.ts';
import type { OpenFilter } from './filter.ts';
import type { EdgeOptions } from './options.ts';
import type { Policies } from './policy.ts';
import type { Quarantine } from './quarantine.ts';
import type { Room } from './room.ts';
import type { Hit } from './rule.ts';
import type { Peer, Stages } from './stage.ts';
import type { Logins } from './upstream/logins.ts';
import type { Upstream } from './upstream/upstream.ts';

/** The rim of a session: the only thing of the outside it can touch. */
export interface SessionWire {
  write(text: string): void;
  /** Begins the TLS handshake; `Session.secured` is called when it is done. */
  startTls(): void;
  /** Writes what is left and hangs up. `done`: the peer sends nothing more, so that nothing need be waited for. */
  end(done: boolean): void;
  /** Stops and resumes reading, so that a fast peer cannot fill our memory. */
  hold(): void;
  resume(): void;
}

/** Everything a session is given. */
export interface SessionSetting {
  readonly id: string;
  readonly peer: Peer;
  readonly options: EdgeOptions;
  readonly policies: Policies;
  /** Where mail for our domains goes. */
  readonly upstream: Upstream;
  /** Where mail of the inside goes; null: to whoever took the login, else to `upstream`. */
  readonly outbound: Upstream | null;
  /** Null: the door is for servers and takes no AUTH. Else it is one of submission (RFC 6409), and takes nothing from who has not logged in. */
  readonly logins: Logins | null;
  readonly filters: readonly OpenFilter[];
  readonly quarantine: Quarantine;
  /** Shared with the other sessions of the process. */
  readonly room: Room;
  /** Give the addresses of an envelope the form in which they go on. */
  readonly rewrites: Rewrites;
  /** Changes a message that is let in, and says what it changed. */
  readonly scrub: (seen: Stages['message']) => readonly Hit[];
  readonly clock: Clock;
  readonly listen: EdgeListener;
  /** A new id for a message, unique for ever. */
  readonly messageId: () => string;
}
