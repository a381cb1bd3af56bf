/** Pieces below this are gathered in blocks. */
const SMALL = 1_024;
const BLOCK = 16_384;

/** Bytes in the pieces they came in. Small ones are gathered, or a message that comes byte by byte would cost a hundred times its size. */
export class Pieces {
  list: Buffer[] = [];
  size = 0;
  #block: Buffer | null = null;

  add(piece: Buffer): void {
    this.size += piece.length;
    if (piece.length >= SMALL) {
      this.list.push(piece);
      return;
    }
    const last = this.list.at(-1);
    const began =
      last !== undefined && last.buffer === this.#block?.buffer ? last.byteOffset - this.#block.byteOffset : -1;
    if (this.#block === null || began < 0 || began + last!.length + piece.length > this.#block.length) {
      this.#block = Buffer.allocUnsafeSlow(BLOCK);
      piece.copy(this.#block);
      this.list.push(this.#block.subarray(0, piece.length));
      return;
    }
    const used = began + last!.length;
    piece.copy(this.#block, used);
    this.list[this.list.length - 1] = this.#block.subarray(began, used + piece.length);
  }

  /** Takes bytes off the end. */
  shorten(by: number): void {
    this.size = Math.max(0, this.size - by);
    for (let left = by; left > 0; ) {
      const last = this.list.pop();
      if (last === undefined) return;
      if (last.length > left) this.list.push(last.subarray(0, last.length - left));
      left -= last.length;
    }
  }

  /** Holds these instead. */
  replace(list: Buffer[]): void {
    this.list = list;
    this.size = list.reduce((sum, { length }) => sum + length, 0);
  }
}
