import { after, before, later } from "./sequence.ts";

const MAX_BLOCKS = 4;

/**
 * What has arrived beyond a gap: ranges of sequence numbers, sorted, apart from each other (the kernel's
 * out_of_order_queue), and the blocks that a SACK option tells of them, the latest news first (RFC 2018, 4).
 */
export class OutOfOrder {
  #left: Int32Array = new Int32Array(8);
  #right: Int32Array = new Int32Array(8);
  /** Ranges. */
  count = 0;
  /** Blocks to report: {@link blockLeft} and {@link blockRight} of 0 to `blocks` - 1. */
  blocks = 0;
  readonly #blockLeft: Int32Array = new Int32Array(MAX_BLOCKS);
  readonly #blockRight: Int32Array = new Int32Array(MAX_BLOCKS);

  blockLeft(i: number): number {
    return this.#blockLeft[i]!;
  }
  blockRight(i: number): number {
    return this.#blockRight[i]!;
  }
  left(i: number): number {
    return this.#left[i]!;
  }
  right(i: number): number {
    return this.#right[i]!;
  }
  /** The end of the last range; only while there is one. */
  get last(): number {
    return this.#right[this.count - 1]!;
  }

  /** True when all of `left` to `right` is here already. */
  covers(left: number, right: number): boolean {
    for (let i = 0; i < this.count; i++)
      if (!before(left, this.#left[i]!) && !after(right, this.#right[i]!)) return true;
    return false;
  }

  /** Adds a range; what it touches becomes one with it, and is the news that the next SACK begins with. */
  add(left: number, right: number): void {
    let first = 0;
    while (first < this.count && before(this.#right[first]!, left)) first++;
    let end = first;
    while (end < this.count && !before(right, this.#left[end]!)) {
      if (before(this.#left[end]!, left)) left = this.#left[end]!;
      right = later(right, this.#right[end]!);
      end++;
    }
    const change = first + 1 - end;
    if (change > 0 && this.count === this.#left.length) this.#grow();
    if (change !== 0) {
      this.#left.copyWithin(end + change, end, this.count);
      this.#right.copyWithin(end + change, end, this.count);
      this.count += change;
    }
    this.#left[first] = left;
    this.#right[first] = right;
    this.#report(left, right);
  }

  /** All before `next` has arrived in order: returns the end of what follows without a gap, or `next` itself. */
  advance(next: number): number {
    let taken = 0;
    while (taken < this.count && !after(this.#left[taken]!, next)) next = later(next, this.#right[taken++]!);
    if (taken > 0) {
      this.#left.copyWithin(0, taken, this.count);
      this.#right.copyWithin(0, taken, this.count);
      this.count -= taken;
    }
    let kept = 0;
    for (let i = 0; i < this.blocks; i++) {
      if (!after(this.#blockRight[i]!, next)) continue;
      this.#blockLeft[kept] = this.#blockLeft[i]!;
      this.#blockRight[kept] = this.#blockRight[i]!;
      kept++;
    }
    this.blocks = kept;
    return next;
  }

  #report(left: number, right: number): void {
    let kept = 0;
    // Blocks that are part of the new one go; the others move one place on.
    for (let i = 0; i < this.blocks; i++) {
      const l = this.#blockLeft[i]!;
      const r = this.#blockRight[i]!;
      if (!before(l, left) && !after(r, right)) continue;
      this.#blockLeft[kept] = l;
      this.#blockRight[kept] = r;
      kept++;
    }
    const moved = Math.min(kept, MAX_BLOCKS - 1);
    this.#blockLeft.copyWithin(1, 0, moved);
    this.#blockRight.copyWithin(1, 0, moved);
    this.#blockLeft[0] = left;
    this.#blockRight[0] = right;
    this.blocks = moved + 1;
  }

  #grow(): void {
    const left = new Int32Array(this.#left.length * 2);
    const right = new Int32Array(this.#right.length * 2);
    left.set(this.#left);
    right.set(this.#right);
    this.#left = left;
    this.#right = right;
  }
}
