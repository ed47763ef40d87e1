import { assert } from "./assert.ts";
import { mix } from "./mix.ts";
import { NOTHING } from "./short-list.ts";

/** So many rows are looked through faster than a slot is computed; they take a list of numbers and nothing else. */
const FEW = 8;
/** A power of two, so that a slot is found by shifting; the fourth number is unused. */
const STRIDE = 4;
const FIRST_BITS = 4;
const ONE_ROW: readonly number[] = [0, 0];
/** What all tables share that have few rows. It stays empty. */
const NO_SLOTS = new Int32Array(0);

/**
 * From a pair of int32 keys to a row number. A row is a stable index from 0: callers keep their own columns (or an array
 * of objects) beside it; its number never changes while its key is in the table, and rows of deleted keys are used again.
 *
 * Few rows are looked through. More are found by open addressing in typed columns, doubled when three quarters full.
 * Deleting shifts the probe chain back, so there are no tombstones.
 */
export class Table {
  #shift = 32 - FIRST_BITS;
  /** Three numbers a slot: both keys and the row plus one, 0 for an empty slot. A probe touches one cache line. */
  #slots: Int32Array = NO_SLOTS;
  /** Both keys of each row; those of a row that is free: the next free row, and nothing. */
  #keys: number[] = NOTHING;
  /** While there are few rows: one bit for each that is in use. */
  #used = 0;
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
    if (slots.length === 0) return this.#findAmongFew(a, b);
    const mask = slots.length - 1;
    let slot = (mix(a, b) >>> this.#shift) * STRIDE;
    for (let entry = slots[slot + 2]!; entry !== 0; entry = slots[slot + 2]!) {
      if (slots[slot] === a && slots[slot + 1] === b) return entry - 1;
      slot = (slot + STRIDE) & mask;
    }
    return -1;
  }

  #findAmongFew(a: number, b: number): number {
    const keys = this.#keys;
    for (let row = 0; row < this.#rows; row++)
      if (keys[row * 2] === a && keys[row * 2 + 1] === b && (this.#used >>> row) & 1) return row;
    return -1;
  }

  /** The row of a key that is added when it is not there yet. */
  insert(a: number, b: number): number {
    const found = this.find(a, b);
    if (found >= 0) return found;
    const row = this.#newRow(a, b);
    this.size++;
    if (row < FEW) this.#used |= 1 << row;
    if (this.size <= FEW && this.#slots === NO_SLOTS) return row;
    if (this.size * 4 * STRIDE > this.#slots.length * 3) this.#grow();
    else this.#place(row);
    return row;
  }

  /** Takes a key out; returns the row that it had, or -1. */
  remove(a: number, b: number): number {
    const row = this.#slots.length === 0 ? this.#findAmongFew(a, b) : this.#removeSlot(a, b);
    if (row < 0) return -1;
    if (row < FEW) this.#used &= ~(1 << row);
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

  /** A row that is free, or one more, with these keys. */
  #newRow(a: number, b: number): number {
    let row = this.#free;
    if (row >= 0) this.#free = this.#keys[row * 2]!;
    else {
      row = this.#rows++;
      // Few rows get just the room that they need: a list that is pushed to keeps room for sixteen numbers more.
      if (row === 0) this.#keys = ONE_ROW.slice();
      else if (row < FEW && row * 2 === this.#keys.length) this.#keys = this.#keys.concat(this.#keys);
    }
    this.#keys[row * 2] = a;
    this.#keys[row * 2 + 1] = b;
    return row;
  }

  #place(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const a = this.keyA(row);
    const b = this.keyB(row);
    let slot = (mix(a, b) >>> this.#shift) * STRIDE;
    while (slots[slot + 2] !== 0) slot = (slot + STRIDE) & mask;
    slots[slot] = a;
    slots[slot + 1] = b;
    slots[slot + 2] = row + 1;
  }

  /** Empties the slot of a key and returns its row, or -1. */
  #removeSlot(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = (mix(a, b) >>> this.#shift) * STRIDE;
    while (slots[hole + 2] !== 0 && (slots[hole] !== a || slots[hole + 1] !== b))
      hole = (hole + STRIDE) & mask;
    const row = slots[hole + 2]! - 1;
    if (row < 0) return -1;
    for (let next = (hole + STRIDE) & mask; slots[next + 2] !== 0; next = (next + STRIDE) & mask) {
      const home = (mix(slots[next]!, slots[next + 1]!) >>> this.#shift) * STRIDE;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots.copyWithin(hole, next, next + 3);
      hole = next;
    }
    slots[hole + 2] = 0;
    return row;
  }

  /** There are more keys than ever, so that no row is free. */
  #grow(): void {
    if (this.#slots !== NO_SLOTS) this.#shift--;
    assert(this.#shift > 32 - 26, "a table holds fewer than 2^25 keys");
    this.#slots = new Int32Array((1 << (32 - this.#shift)) * STRIDE);
    for (let row = 0; row < this.#rows; row++) this.#place(row);
  }
}
