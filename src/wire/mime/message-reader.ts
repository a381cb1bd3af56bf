import { MIME_LIMITS, type MimeLimits } from './limits.ts';
import type { Message } from './message.ts';
import { finishScan, scanMessage } from './scan.ts';
import { StructureScanner } from './structure.ts';
import { USUAL_READING } from './structure-reading.ts';

const FIRST_SIZE = 64 * 1024;
const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/**
 * Reads a message while it arrives: the structure is known as soon as the last byte is there. The bytes are kept in one buffer, which doubles
 * when it is full, so that each is copied once or twice. The caller bounds the size.
 */
export class MessageReader {
  readonly #limits: MimeLimits;
  readonly #scanner: StructureScanner;
  #store: Buffer;
  #length = 0;

  /** `expectedSize` is the size that the sender announced, if it did; it saves copies and is otherwise not relied on. */
  constructor(limits: Partial<MimeLimits> = {}, expectedSize = 0) {
    this.#limits = { ...MIME_LIMITS, ...limits };
    this.#scanner = new StructureScanner(NOTHING, this.#limits, USUAL_READING);
    this.#store = Buffer.allocUnsafe(Math.max(FIRST_SIZE, Math.min(expectedSize, 64 * 1024 * 1024)));
  }

  /** Bytes taken so far. */
  get size(): number {
    return this.#length;
  }

  /** Takes the next bytes; they are copied. */
  push(chunk: Uint8Array): void {
    const needed = this.#length + chunk.length;
    if (needed > this.#store.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#store.length * 2));
      this.#store.copy(larger, 0, 0, this.#length);
      this.#store = larger;
    }
    this.#store.set(chunk, this.#length);
    this.#length = needed;
    this.#scanner.source.bytes = this.#store.subarray(0, needed);
    this.#scanner.advance(false);
  }

  /** The whole message. Call it once, after the last chunk. */
  end(): Message {
    const bytes = this.#store.subarray(0, this.#length);
    // A file with CR for line ends shows what it is only when no LF has come.
    if (!bytes.includes(LF)) return scanMessage(bytes, this.#limits, USUAL_READING);
    this.#scanner.source.bytes = bytes;
    this.#scanner.advance(true);
    return finishScan(bytes, this.#scanner, this.#limits, USUAL_READING);
  }
}
