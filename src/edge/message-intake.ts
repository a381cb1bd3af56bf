import { readsOneWay } from '../wire/smtp/data-scanner.ts';
import { crowdedOut, endMessage } from './end-of-message.ts';
import { endless } from './filters/hard-limits.ts';
import type { Intake } from './intake.ts';
import { EdgeMessage } from './message/message.ts';
import type { Session } from './session.ts';

/** The text behind DATA, up to its true end (RFC 5321 §4.1.1.4). */
export class MessageIntake implements Intake {
  readonly #session: Session;
  readonly #message = new EdgeMessage();
  #crowded = false;

  constructor(session: Session) {
    this.#session = session;
    session.message = this.#message;
  }

  get size(): number {
    return this.#message.scan.size;
  }

  take(bytes: Buffer): number {
    const message = this.#message;
    this.#crowded ||= this.#wanted && !this.#session.share.hold(bytes.length);
    const keep = this.#wanted && !this.#crowded;
    const end = message.take(bytes, keep);
    if (!keep || !this.#wanted) message.drop();
    // What is refused is still read to its true end, or its rest would be taken for commands; but not for ever.
    if (end < 0 && this.size > 2 * this.#session.setting.options.limits.messageSize)
      this.#session.fault(endless, `${this.size} bytes`);
    return end;
  }

  ended(): void {
    if (this.#wanted && this.#crowded) crowdedOut(this.#session, this.size);
    else endMessage(this.#session, this.#message);
  }

  /** It can be taken as far as it has come. */
  get #wanted(): boolean {
    const { scan } = this.#message;
    return readsOneWay(scan) && scan.size <= this.#session.setting.options.limits.messageSize;
  }
}
