import type { EdgeCommand } from '../command.ts';
import { crowdedOut, endMessage } from '../end-of-message.ts';
import { endless, tooLarge } from '../filters/hard-limits.ts';
import { badChunk, badSequence, chunkUnasked, noRecipients } from '../filters/strict-protocol.ts';
import type { Intake } from '../intake.ts';
import { messageOfChunks } from '../message/message.ts';
import { Pieces } from '../message/pieces.ts';
import { REPLIES } from '../reply.ts';
import type { EdgeRule } from '../rule.ts';
import type { Session } from '../session.ts';

/** As many digits as RFC 1870 allows a size: none that a number cannot hold comes further. */
const CHUNK = /^(\d{1,20})( LAST)?$/i;

/**
 * RFC 3030 §2. The octets of a chunk are always taken off the line by their number, whatever is answered, or they would be commands: where
 * that is not possible the session ends. TLS is asked for by MAIL, without which a chunk leads nowhere.
 */
export const bdat: EdgeCommand<Session> = {
  word: 'BDAT',
  beforeTls: true,
  endsPipeline: false,
  proceed(session, argument) {
    const { extensions, limits } = session.setting.options;
    if (!extensions.chunking) return void session.fault(chunkUnasked, argument.slice(0, 40));
    const parts = CHUNK.exec(argument);
    if (parts === null) return void session.fault(badChunk, argument.slice(0, 40));
    const size = Number(parts[1]);
    if (size > 2 * limits.messageSize) return void session.fault(endless, `a chunk of ${parts[1]} bytes`);
    const refusal = refusalNow(session);
    const chunk = new ChunkIntake(session, size, refusal, parts[2] !== undefined);
    if (size === 0) chunk.ended();
    else session.begin(chunk);
  },
};

function refusalNow(session: Session): EdgeRule | null {
  if (session.envelope === null) return badSequence;
  return session.recipients.length === 0 ? noRecipients : null;
}

/** The octets of one chunk. */
class ChunkIntake implements Intake {
  readonly #session: Session;
  readonly #refusal: EdgeRule | null;
  readonly #last: boolean;
  #left: number;
  #came = 0;
  #crowded = false;

  constructor(session: Session, size: number, refusal: EdgeRule | null, last: boolean) {
    this.#session = session;
    this.#left = size;
    this.#refusal = refusal;
    this.#last = last;
    if (refusal === null) session.chunks ??= new Pieces();
  }

  get size(): number {
    return this.#came;
  }

  take(bytes: Buffer): number {
    const mine = Math.min(this.#left, bytes.length);
    this.#left -= mine;
    this.#came += mine;
    this.#crowded ||= this.#wanted && !this.#session.share.hold(mine);
    if (this.#wanted && !this.#crowded) this.#session.chunks?.add(bytes.subarray(0, mine));
    return this.#left === 0 ? mine : -1;
  }

  ended(): void {
    const session = this.#session;
    if (this.#refusal !== null) {
      // With it a part of the message is lost: chunks that were sent ahead must find no transaction, or the rest would pass for the whole.
      session.reset();
      session.fault(this.#refusal, 'BDAT');
      return;
    }
    const { chunks } = session;
    if (chunks === null) return;
    if (this.#overfull()) {
      session.reset();
      session.fault(tooLarge, 'in chunks');
      return;
    }
    if (this.#crowded) return crowdedOut(session, this.#came);
    if (!this.#last) return session.reply(REPLIES.ok);
    session.message = messageOfChunks(chunks);
    chunks.replace([]);
    endMessage(session, session.message);
  }

  /** It belongs to a message and can be taken as far as that has come. */
  get #wanted(): boolean {
    return this.#refusal === null && !this.#overfull();
  }

  /** All chunks together are more than a message may have. */
  #overfull(): boolean {
    return (this.#session.chunks?.size ?? 0) > this.#session.setting.options.limits.messageSize;
  }
}
