import { assert } from "./assert.ts";

/** Spreads a pair of int32 keys; its top bits are the good ones, so slots are taken from those. */
function hash(a: number, b: number): number {
  const mixed = Math.imul(a, 0x9e3779b1) ^ Math.imul(b, 0x85ebca6b);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d);
}

/** A power of two, so that a slot is found by shifting; the fourth number is unused. */
const STRIDE = 4;
const FIRST_BITS = 2;
/** What all tables share that never had a key: most of them in a large world. It stays empty. */
const NO_SLOTS = new Int32Array((1 << FIRST_BITS) * STRIDE);

/**
 * Open addressing from a pair of int32 keys to a row number, in typed columns. A row is a stable index from 0:
 * callers keep their own columns (or an array of objects) beside it. Deleting shifts the probe chain back, so
 * there are no tombstones; a row's number never changes while its key is in the table.
 *
 * Nothing at first, then 4 slots, doubled when three quarters full; rows of deleted keys are used again.
 */
export class Table {
  #bits = FIRST_BITS;
  #shift = 32 - FIRST_BITS;
  /** Three numbers a slot: both keys and the row plus one, 0 for an empty slot. A probe touches one cache line. */
  #slots: Int32Array = NO_SLOTS;
  /** Both keys of each row; those of a row that is free: the next free row, and nothing. */
  #keys: number[] = [];
  #rows = 0;
  /** The first of the rows that are free, or -1. */
  #free = -1;
  size = 0;

  /** One more than the highest row number in use so far: the length that callers' columns must have. */
  get rows(): number {
    return this.#rows;
  }

  /** The row of a key, or -1. */
  find(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash(a, b) >>> this.#shift) * STRIDE;
    for (let entry = slots[slot + 2]!; entry !== 0; entry = slots[slot + 2]!) {
      if (slots[slot] === a && slots[slot + 1] === b) return entry - 1;
      slot = (slot + STRIDE) & mask;
    }
    return -1;
  }

  /** The row of a key that is added when it is not there yet. */
  insert(a: number, b: number): number {
    const found = this.find(a, b);
    if (found >= 0) return found;
    if (this.#slots === NO_SLOTS) {
      this.#slots = new Int32Array(NO_SLOTS.length);
      this.#keys = [0, 0, 0, 0, 0, 0];
    }
    if ((this.size + 1) * 4 * STRIDE > this.#slots.length * 3) this.#grow();
    const keys = this.#keys;
    let row = this.#free;
    if (row < 0) row = this.#rows++;
    else this.#free = keys[row * 2]!;
    keys[row * 2] = a;
    keys[row * 2 + 1] = b;
    this.#place(row);
    this.size++;
    return row;
  }

  /** Takes a key out; returns the row that it had, or -1. */
  remove(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = (hash(a, b) >>> this.#shift) * STRIDE;
    while (slots[hole + 2] !== 0 && (slots[hole] !== a || slots[hole + 1] !== b))
      hole = (hole + STRIDE) & mask;
    const row = slots[hole + 2]! - 1;
    if (row < 0) return -1;
    for (let next = (hole + STRIDE) & mask; slots[next + 2] !== 0; next = (next + STRIDE) & mask) {
      const home = (hash(slots[next]!, slots[next + 1]!) >>> this.#shift) * STRIDE;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots.copyWithin(hole, next, next + 3);
      hole = next;
    }
    slots[hole + 2] = 0;
    this.#keys[row * 2] = this.#free;
    this.#free = row;
    this.size--;
    return row;
  }

  /** First key of a row that is in use. */
  keyA(row: number): number {
    return this.#keys[row * 2]!;
  }

  /** Second key of a row that is in use. */
  keyB(row: number): number {
    return this.#keys[row * 2 + 1]!;
  }

  #place(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const a = this.keyA(row);
    const b = this.keyB(row);
    let slot = (hash(a, b) >>> this.#shift) * STRIDE;
    while (slots[slot + 2] !== 0) slot = (slot + STRIDE) & mask;
    slots[slot] = a;
    slots[slot + 1] = b;
    slots[slot + 2] = row + 1;
  }

  #grow(): void {
    const old = this.#slots;
    this.#bits++;
    this.#shift = 32 - this.#bits;
    assert(this.#bits < 26, "a table holds fewer than 2^25 keys");
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 2; slot < old.length; slot += STRIDE) if (old[slot] !== 0) this.#place(old[slot]! - 1);
  }
}
