import { assert } from "../../base/assert.ts";

/** Numbers of a slot: source, destination, ports, protocol and zone, reference plus one, hash. */
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

/** Seven more bits of a hash, and one that says that the slot is taken. */
function tagOf(hashed: number): number {
  return (hashed & 127) | 128;
}

/**
 * Open addressing from a tuple (four int32: addresses, both ports in one, protocol and zone in one) to a reference, a
 * whole number from 0. A slot is 32 bytes, so that a probe touches one cache line; a tag of one byte stands for it, and
 * most probes, which are for tuples that are not there, look at nothing else: the tags fit a cache long after the slots do
 * not. Deleting shifts the probe chain back: there are no tombstones.
 */
export class TupleTable {
  #bits = 6;
  #shift = 26;
  /** 0: the slot is empty. */
  #tags: Uint8Array = new Uint8Array(64);
  #slots: Int32Array = new Int32Array(64 * STRIDE);
  size = 0;

  /** The reference of a tuple, or -1. */
  find(src: number, dst: number, ports: number, kind: number): number {
    const tags = this.#tags;
    const mask = tags.length - 1;
    const hashed = hash(src, dst, ports, kind);
    const wanted = tagOf(hashed);
    let at = hashed >>> this.#shift;
    for (let tag = tags[at]!; tag !== 0; tag = tags[at]!) {
      if (tag === wanted && this.#isAt(at * STRIDE, src, dst, ports, kind))
        return this.#slots[at * STRIDE + REFERENCE]! - 1;
      at = (at + 1) & mask;
    }
    return -1;
  }

  #isAt(slot: number, src: number, dst: number, ports: number, kind: number): boolean {
    const slots = this.#slots;
    return (
      slots[slot] === src && slots[slot + 2] === ports && slots[slot + 1] === dst && slots[slot + 3] === kind
    );
  }

  /** Adds a tuple that is not there yet. */
  add(src: number, dst: number, ports: number, kind: number, reference: number): void {
    // Chains get long when more than five of eight are taken.
    if ((this.size + 1) * 8 > this.#tags.length * 5) this.#grow();
    this.#place(src, dst, ports, kind, reference + 1, hash(src, dst, ports, kind));
    this.size++;
  }

  /** Takes a tuple out that is there with this reference. */
  remove(src: number, dst: number, ports: number, kind: number, reference: number): void {
    const tags = this.#tags;
    const slots = this.#slots;
    const mask = tags.length - 1;
    const hashed = hash(src, dst, ports, kind);
    const wanted = tagOf(hashed);
    let hole = hashed >>> this.#shift;
    while (tags[hole] !== wanted || slots[hole * STRIDE + REFERENCE] !== reference + 1) {
      assert(tags[hole] !== 0, "a tuple that is taken out is in the table");
      hole = (hole + 1) & mask;
    }
    for (let next = (hole + 1) & mask; tags[next] !== 0; next = (next + 1) & mask) {
      const home = slots[next * STRIDE + HASH]! >>> this.#shift;
      if (((next - home) & mask) < ((next - hole) & mask)) continue;
      tags[hole] = tags[next]!;
      for (let i = 0; i <= HASH; i++) slots[hole * STRIDE + i] = slots[next * STRIDE + i]!;
      hole = next;
    }
    tags[hole] = 0;
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
    const mask = this.#tags.length - 1;
    const shift = Math.clz32(buckets) + 1;
    const first = hash(src, dst, ports, kind) >>> shift;
    const found: number[] = [];
    for (let at = ((first << shift) >>> 0) >>> this.#shift; this.#tags[at] !== 0; at = (at + 1) & mask) {
      const bucket = (slots[at * STRIDE + HASH]! >>> shift) - first;
      if (bucket >= 0 && bucket < range) found.push(slots[at * STRIDE + REFERENCE]! - 1);
    }
    return found;
  }

  #place(src: number, dst: number, ports: number, kind: number, entry: number, hashed: number): void {
    const tags = this.#tags;
    const slots = this.#slots;
    const mask = tags.length - 1;
    let at = hashed >>> this.#shift;
    while (tags[at] !== 0) at = (at + 1) & mask;
    tags[at] = tagOf(hashed);
    const slot = at * STRIDE;
    slots[slot] = src;
    slots[slot + 1] = dst;
    slots[slot + 2] = ports;
    slots[slot + 3] = kind;
    slots[slot + REFERENCE] = entry;
    slots[slot + HASH] = hashed;
  }

  #grow(): void {
    const tags = this.#tags;
    const old = this.#slots;
    this.#bits++;
    this.#shift = 32 - this.#bits;
    assert(this.#bits < 25, "a table of connections holds fewer than 2^24 tuples");
    this.#tags = new Uint8Array(tags.length * 2);
    this.#slots = new Int32Array(old.length * 2);
    for (let at = 0; at < tags.length; at++) {
      if (tags[at] === 0) continue;
      const slot = at * STRIDE;
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
}
