import { DataScanner, undot } from '../wire/smtp/data-scanner.ts';
import { EdgeHeader, headerBytes } from './header.ts';

/** Pieces below this are gathered in blocks. */
const SMALL = 1_024;
const BLOCK = 16_384;

/**
 * A message as it came, still dot-stuffed, in the pieces it came in. Nothing is copied until a filter asks for the whole,
 * and then once for all filters.
 */
export class EdgeMessage {
  readonly scan = new DataScanner();
  /** Pieces of the wire, dot-stuffed; together `scan.size` bytes. */
  pieces: Buffer[] = [];
  #whole: Buffer | undefined;
  #header: EdgeHeader | undefined;
  #block: Buffer | null = null;

  /** Takes the next bytes of the wire; returns how many belong to the message and its end once that has come, else -1. */
  take(bytes: Buffer, keep: boolean): number {
    const before = this.scan.size;
    const end = this.scan.push(bytes);
    if (!keep) return end;
    const mine = end < 0 ? bytes.length : this.scan.size - before;
    if (mine > 0) this.#keep(mine === bytes.length ? bytes : bytes.subarray(0, mine));
    // The terminating line may have begun in an earlier piece.
    else if (mine < 0) this.#shorten(-mine);
    return end;
  }

  /** The message as its reader gets it: in one piece, dots undone. */
  get bytes(): Buffer {
    this.#whole ??= undot(this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces));
    return this.#whole;
  }

  /** The header, read once for all filters. Only for a message that has ended. */
  get header(): EdgeHeader {
    this.#header ??= new EdgeHeader(headerBytes(this.pieces, this.scan.headerEnd));
    return this.#header;
  }

  /** Takes fields out of the header: what was not named goes on as the same bytes. */
  removeFields(fields: readonly { readonly start: number; readonly end: number }[]): void {
    if (fields.length === 0) return;
    const header = this.header.bytes;
    const kept: Buffer[] = [];
    let from = 0;
    for (const { start, end } of fields) {
      if (start > from) kept.push(header.subarray(from, start));
      from = end;
    }
    if (from < header.length) kept.push(header.subarray(from));
    for (let at = 0, left = header.length; at < this.pieces.length; at++) {
      const piece = this.pieces[at] as Buffer;
      if (left >= piece.length) left -= piece.length;
      else {
        kept.push(left === 0 ? piece : piece.subarray(left));
        left = 0;
      }
    }
    this.pieces = kept;
    this.#header = undefined;
    this.#whole = undefined;
  }

  /** Bytes on the wire; those that were taken out are not counted. */
  get size(): number {
    let size = 0;
    for (const piece of this.pieces) size += piece.length;
    return size;
  }

  /** Forgets the bytes: it was handed on, or refused. Whoever holds `pieces` still has them. */
  drop(): void {
    this.pieces = [];
    this.#whole = undefined;
  }

  /** Small pieces are gathered, or a message that comes byte by byte would cost a hundred times its size. */
  #keep(piece: Buffer): void {
    if (piece.length >= SMALL) {
      this.pieces.push(piece);
      return;
    }
    const last = this.pieces.at(-1);
    const began =
      last !== undefined && last.buffer === this.#block?.buffer ? last.byteOffset - this.#block.byteOffset : -1;
    if (this.#block === null || began < 0 || began + last!.length + piece.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
      piece.copy(this.#block);
      this.pieces.push(this.#block.subarray(0, piece.length));
      return;
    }
    const used = began + last!.length;
    piece.copy(this.#block, used);
    this.pieces[this.pieces.length - 1] = this.#block.subarray(began, used + piece.length);
  }

  #shorten(by: number): void {
    for (let left = by; left > 0; ) {
      const last = this.pieces.pop();
      if (last === undefined) return;
      if (last.length > left) this.pieces.push(last.subarray(0, last.length - left));
      left -= last.length;
    }
  }
}
