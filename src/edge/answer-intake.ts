import { unreadableLine } from './filters/strict-protocol.ts';
import type { Intake } from './intake.ts';
import type { Session } from './session.ts';

const CR = 0x0d;
const LF = 0x0a;

/** One line that answers a 334 (RFC 4954 §4). It ends at CRLF and nowhere else, and is no longer than `limits.authLine`. */
export class AnswerIntake implements Intake {
  readonly size = null;
  readonly #session: Session;
  readonly #then: (line: string) => void;
  readonly #pieces: Buffer[] = [];
  #length = 0;
  #cr = false;

  constructor(session: Session, then: (line: string) => void) {
    this.#session = session;
    this.#then = then;
  }

  take(bytes: Buffer): number {
    const found = bytes.indexOf(LF);
    const mine = found < 0 ? bytes : bytes.subarray(0, found + 1);
    this.#length += mine.length;
    if (this.#length > this.#session.setting.options.limits.authLine) {
      this.#session.fault(unreadableLine, 'an answer of AUTH that is too long');
      return -1;
    }
    this.#pieces.push(mine);
    const beforeLf = mine.length > 1 ? mine[mine.length - 2] === CR : this.#cr;
    this.#cr = mine.at(-1) === CR;
    if (found < 0) return -1;
    if (!beforeLf) {
      this.#session.fault(unreadableLine, 'bare-lf in an answer of AUTH');
      return -1;
    }
    return found + 1;
  }

  ended(): void {
    this.#then(Buffer.concat(this.#pieces).toString('latin1', 0, this.#length - 2));
  }
}
