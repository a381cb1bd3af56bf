import { DataScanner, stuffDots, undot } from '../../wire/smtp/data-scanner.ts';
import { EdgeHeader, headerBytes } from './header.ts';
import { Pieces } from './pieces.ts';

/** Bytes of a header to be taken out, or replaced by others that are whole lines too and need no dot-stuffing. In order, without overlap. */
export interface HeaderChange {
  readonly start: number;
  readonly end: number;
  readonly by?: Buffer;
}

/**
 * A message as it came, still dot-stuffed, in the pieces it came in. Nothing is copied until a filter asks for the whole,
 * and then once for all filters.
 */
export class EdgeMessage {
  readonly scan = new DataScanner();
  readonly #pieces = new Pieces();
  #whole: Buffer | undefined;
  #header: EdgeHeader | undefined;
  /** Behind the empty line that ends the header, where changes have moved it; null: where it came. */
  #headerEnd: number | null = null;

  /** Takes the next bytes of the wire; returns how many belong to the message and its end once that has come, else -1. */
  take(bytes: Buffer, keep: boolean): number {
    const before = this.scan.size;
    const end = this.scan.push(bytes);
    if (!keep) return end;
    const mine = end < 0 ? bytes.length : this.scan.size - before;
    if (mine > 0) this.#pieces.add(mine === bytes.length ? bytes : bytes.subarray(0, mine));
    // The terminating line may have begun in an earlier piece.
    else if (mine < 0) this.#pieces.shorten(-mine);
    return end;
  }

  /** Pieces of the wire, dot-stuffed; as long as nothing was changed, together `scan.size` bytes. */
  get pieces(): readonly Buffer[] {
    return this.#pieces.list;
  }

  /** The message as its reader gets it: in one piece, dots undone. */
  get bytes(): Buffer {
    this.#whole ??= undot(this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces));
    return this.#whole;
  }

  /** The header, read once for all filters. Only for a message that has ended. */
  get header(): EdgeHeader {
    this.#header ??= new EdgeHeader(headerBytes(this.pieces, this.#headerEnd ?? this.scan.headerEnd));
    return this.#header;
  }

  /** Changes the header, once or again: what is not named goes on as the same bytes. */
  change(changes: readonly HeaderChange[]): void {
    if (changes.length === 0) return;
    const header = this.header.bytes;
    const kept: Buffer[] = [];
    let from = 0;
    for (const { start, end, by } of changes) {
      if (start > from) kept.push(header.subarray(from, start));
      if (by !== undefined) kept.push(by);
      from = end;
    }
    if (from < header.length) kept.push(header.subarray(from));
    const size = kept.reduce((sum, { length }) => sum + length, 0);
    if (this.scan.headerEnd >= 0) this.#headerEnd = size + CRLF.length;
    let left = header.length;
    for (const piece of this.pieces) {
      if (left >= piece.length) left -= piece.length;
      else {
        kept.push(left === 0 ? piece : piece.subarray(left));
        left = 0;
      }
    }
    this.#pieces.replace(kept);
    this.#header = undefined;
    this.#whole = undefined;
  }

  /** Bytes on the wire; those that were taken out are not counted. */
  get size(): number {
    return this.#pieces.size;
  }

  /** Forgets the bytes: it was handed on, or refused. Whoever holds `pieces` still has them. */
  drop(): void {
    this.#pieces.replace([]);
    this.#whole = undefined;
  }
}

const CRLF = '\r\n';

/**
 * A message that came in chunks (RFC 3030), which are not dot-stuffed, as if it had come by DATA: so it is read, judged and handed on as all
 * others are. The last line gets the CRLF that it may lack.
 */
export function messageOfChunks(chunks: Pieces): EdgeMessage {
  const whole = stuffDots(Buffer.concat(chunks.list));
  const open = whole.length > 0 && whole.toString('latin1', whole.length - 2) !== CRLF;
  const message = new EdgeMessage();
  message.take(whole, true);
  message.take(Buffer.from(open ? `${CRLF}.${CRLF}` : `.${CRLF}`), true);
  return message;
}
