/**
 * Which addresses of a pool are taken, by their number in it. Large pools are mostly free: what is taken is kept, and
 * how far all is taken, so that the lowest free one is found at once.
 */
export class AddressSet {
  readonly #size: number;
  readonly #taken: Set<number> = new Set();
  /** All below this are taken. */
  #full = 0;

  /** @param size how many addresses the pool has. */
  constructor(size: number) {
    this.#size = size;
  }

  has(ordinal: number): boolean {
    return this.#taken.has(ordinal);
  }

  /** False when it is taken already. */
  take(ordinal: number): boolean {
    if (this.#taken.has(ordinal)) return false;
    this.#taken.add(ordinal);
    while (this.#taken.has(this.#full)) this.#full++;
    return true;
  }

  /** The lowest free one of `start` to `end`, both included, which is taken from now on; null when there is none. */
  takeLowest(start = 0, end: number = this.#size - 1): number | null {
    for (let ordinal = Math.max(start, this.#full); ordinal <= end; ordinal++)
      if (this.take(ordinal)) return ordinal;
    return null;
  }

  release(ordinal: number): void {
    if (this.#taken.delete(ordinal) && ordinal < this.#full) this.#full = ordinal;
  }
}
