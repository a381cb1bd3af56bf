import { shownAddress } from '../../edge/event.ts';
import type { Session } from '../../edge/session.ts';
import type { Clock } from '../../net/clock.ts';
import type { SessionView } from './status.ts';

/** The sessions that are open now, for an operator who wants to see them. */
export class Roster {
  readonly #clock: Clock;
  readonly #sessions = new Map<string, { readonly session: Session; readonly since: number }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  enter(session: Session): Session {
    this.#sessions.set(session.setting.id, { session, since: this.#clock.now() });
    return session;
  }

  leave(id: string): void {
    this.#sessions.delete(id);
  }

  /** Oldest first, at most so many. */
  view(most: number): SessionView[] {
    return [...this.#sessions.values()].slice(0, most).map(({ session, since }) => viewOf(session, since));
  }
}

function viewOf(session: Session, since: number): SessionView {
  const { hello, tls, envelope, recipients, messages, faults } = session;
  return {
    schema: 'mailward/edge-session/1',
    id: session.setting.id,
    peer: session.peer.address,
    since: new Date(since).toISOString(),
    hello: hello?.name ?? null,
    tls: tls?.protocol ?? null,
    stage: recipients.length > 0 ? 'rcpt' : envelope !== null ? 'mail' : hello !== null ? 'hello' : 'connect',
    sender: envelope === null ? null : shownAddress(envelope.sender),
    recipients: recipients.length,
    messages,
    faults,
  };
}
