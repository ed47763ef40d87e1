import { assert } from "../../base/assert.ts";

/** Numbers of a slot: source, destination, ports, protocol and zone, reference plus one (0: empty), hash. */
const STRIDE = 8;
const REFERENCE = 4;
const HASH = 5;

/** Spreads a tuple; its top bits are the good ones, so slots are taken from those. */
function hash(src: number, dst: number, ports: number, kind: number): number {
  let mixed = Math.imul(src, 0x9e3779b1) ^ Math.imul(dst, 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + Math.imul(ports, 0xc2b2ae35);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0x27d4eb2f) + kind;
  return Math.imul(mixed ^ (mixed >>> 15), 0x9e3779b1);
}

/**
 * Open addressing from a tuple (four int32: addresses, both ports in one, protocol and zone in one) to a reference, a
 * whole number from 0. A slot is 32 bytes, so that a probe touches one cache line. Deleting shifts the probe chain
 * back: there are no tombstones.
 */
export class TupleTable {
  #bits = 6;
  #shift = 26;
  #slots: Int32Array = new Int32Array(64 * STRIDE);
  size = 0;

  /** The reference of a tuple, or -1. */
  find(src: number, dst: number, ports: number, kind: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash(src, dst, ports, kind) >>> this.#shift) * STRIDE;
    for (let entry = slots[slot + REFERENCE]!; entry !== 0; entry = slots[slot + REFERENCE]!) {
      if (
        slots[slot] === src &&
        slots[slot + 2] === ports &&
        slots[slot + 1] === dst &&
        slots[slot + 3] === kind
      )
        return entry - 1;
      slot = (slot + STRIDE) & mask;
    }
    return -1;
  }

  /** Adds a tuple that is not there yet. */
  add(src: number, dst: number, ports: number, kind: number, reference: number): void {
    if ((this.size + 1) * 4 * STRIDE > this.#slots.length * 3) this.#grow();
    this.#place(src, dst, ports, kind, reference + 1, hash(src, dst, ports, kind));
    this.size++;
  }

  /** Takes a tuple out that is there with this reference. */
  remove(src: number, dst: number, ports: number, kind: number, reference: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let hole = (hash(src, dst, ports, kind) >>> this.#shift) * STRIDE;
    while (slots[hole + REFERENCE] !== reference + 1) {
      assert(slots[hole + REFERENCE] !== 0, "a tuple that is taken out is in the table");
      hole = (hole + STRIDE) & mask;
    }
    for (let next = (hole + STRIDE) & mask; slots[next + REFERENCE] !== 0; next = (next + STRIDE) & mask) {
      const home = (slots[next + HASH]! >>> this.#shift) * STRIDE;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      slots.copyWithin(hole, next, next + STRIDE);
      hole = next;
    }
    slots[hole + REFERENCE] = 0;
    this.size--;
  }

  /**
   * The references of tuples whose hash falls into the same `1 / buckets` part of the table as this one, or into one
   * of the `range - 1` parts behind it: the kernel's way of looking for somebody to drop. `buckets` is a power of two.
   */
  neighbours(
    src: number,
    dst: number,
    ports: number,
    kind: number,
    buckets: number,
    range: number,
  ): number[] {
    const slots = this.#slots;
    const mask = slots.length - 1;
    const shift = Math.clz32(buckets) + 1;
    const first = hash(src, dst, ports, kind) >>> shift;
    const found: number[] = [];
    let slot = (((first << shift) >>> 0) >>> this.#shift) * STRIDE;
    for (let entry = slots[slot + REFERENCE]!; entry !== 0; entry = slots[slot + REFERENCE]!) {
      const bucket = (slots[slot + HASH]! >>> shift) - first;
      if (bucket >= 0 && bucket < range) found.push(entry - 1);
      slot = (slot + STRIDE) & mask;
    }
    return found;
  }

  #place(src: number, dst: number, ports: number, kind: number, entry: number, hashed: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hashed >>> this.#shift) * STRIDE;
    while (slots[slot + REFERENCE] !== 0) slot = (slot + STRIDE) & mask;
    slots[slot] = src;
    slots[slot + 1] = dst;
    slots[slot + 2] = ports;
    slots[slot + 3] = kind;
    slots[slot + REFERENCE] = entry;
    slots[slot + HASH] = hashed;
  }

  #grow(): void {
    const old = this.#slots;
    this.#bits++;
    this.#shift = 32 - this.#bits;
    assert(this.#bits < 25, "a table of connections holds fewer than 2^24 tuples");
    this.#slots = new Int32Array(old.length * 2);
    for (let slot = 0; slot < old.length; slot += STRIDE)
      if (old[slot + REFERENCE] !== 0)
        this.#place(
          old[slot]!,
          old[slot + 1]!,
          old[slot + 2]!,
          old[slot + 3]!,
          old[slot + REFERENCE]!,
          old[slot + HASH]!,
        );
  }
}
