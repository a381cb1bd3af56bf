import { DataScanner, undot } from '../wire/smtp/data-scanner.ts';

/**
 * A message as it came, still dot-stuffed, in the pieces it came in. Nothing is copied until a filter asks for the whole,
 * and then once for all filters.
 */
export class EdgeMessage {
  readonly scan = new DataScanner();
  /** Pieces of the wire, dot-stuffed; together `scan.size` bytes. */
  pieces: Buffer[] = [];
  #whole: Buffer | undefined;

  /** Takes the next bytes of the wire; returns how many belong to the message and its end once that has come, else -1. */
  take(bytes: Buffer, keep: boolean): number {
    const before = this.scan.size;
    const end = this.scan.push(bytes);
    if (!keep) return end;
    const mine = end < 0 ? bytes.length : this.scan.size - before;
    if (mine > 0) this.pieces.push(mine === bytes.length ? bytes : bytes.subarray(0, mine));
    // The terminating line may have begun in an earlier piece.
    else if (mine < 0) this.#shorten(-mine);
    return end;
  }

  /** The message as its reader gets it: in one piece, dots undone. */
  get bytes(): Buffer {
    this.#whole ??= undot(this.pieces.length === 1 ? (this.pieces[0] as Buffer) : Buffer.concat(this.pieces));
    return this.#whole;
  }

  get size(): number {
    return this.scan.size;
  }

  /** Forgets the bytes: it was handed on, or refused. Whoever holds `pieces` still has them. */
  drop(): void {
    this.pieces = [];
    this.#whole = undefined;
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
