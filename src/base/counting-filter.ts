const SLOTS = 1 << 16;
/** A count that has come so far stays: nobody knows how many there are. */
const MOST = 255;

/**
 * Tells at once of most int32 that they are not among those that were added. It counts them by sixteen bits, so that numbers
 * in a row, as ports are, lie together.
 */
export class CountingFilter {
  readonly #counts: Uint8Array = new Uint8Array(SLOTS);

  add(number: number): void {
    const slot = slotOf(number);
    if (this.#counts[slot]! < MOST) this.#counts[slot]!++;
  }

  /** Takes out one that was added. */
  remove(number: number): void {
    const slot = slotOf(number);
    if (this.#counts[slot]! < MOST) this.#counts[slot]!--;
  }

  /** False when it is not among them; true when it is, and now and then when it is not. */
  mayHave(number: number): boolean {
    return this.#counts[slotOf(number)] !== 0;
  }
}

function slotOf(number: number): number {
  return (number ^ (number >>> 16)) & (SLOTS - 1);
}
