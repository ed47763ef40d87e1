/** Numbers to a block. */
const BLOCK = 2048;

/**
 * Where things that count get their cells from: doubles of large blocks, since a typed array of its own for each of them
 * costs more than all else that it has. A block lives as long as somebody has cells in it.
 */
export class Cells {
  /** The block of the cells that were taken last. */
  block: Float64Array = new Float64Array(BLOCK);
  #taken = 0;

  /** Takes `count` cells that lie together, all zero; returns the index of the first in {@link block}. */
  take(count: number): number {
    if (this.#taken + count > BLOCK) {
      this.block = new Float64Array(BLOCK);
      this.#taken = 0;
    }
    const at = this.#taken;
    this.#taken += count;
    return at;
  }
}
