import { assert } from "./assert.ts";

const FIRST_BITS = 6;

/** Tags of slots that hold nothing: at the second kind a search goes on. */
const EMPTY = 0;
const LEFT = 1;

/** Seven bits of a hash, and one that says that the slot is taken. */
function tagOf(hash: number): number {
  return (hash & 127) | 128;
}

/** Whoever keeps what an index refers to. */
interface HashIndexOwner {
  hashOf(reference: number): number;
  /** A reference is in another slot from now on. */
  moved(reference: number, slot: number): void;
}

/**
 * From hashes to references, whole numbers from 0: open addressing. Several references may have one hash, or hashes that
 * look alike: whoever looks asks of each whether it is the right one. The top bits of a hash are taken to be the good ones.
 *
 * A slot has a tag of one byte. Most searches are for what is not there, and look at tags only, which fit a cache long
 * after the references do not. The owner keeps the slot of each reference, so that it is taken out without a search.
 */
export class HashIndex {
  #shift = 32 - FIRST_BITS;
  #tags: Uint8Array = new Uint8Array(1 << FIRST_BITS);
  #references: Int32Array = new Int32Array(1 << FIRST_BITS);
  /** Slots that are left, but not empty. */
  #left = 0;
  size = 0;
  readonly #owner: HashIndexOwner;

  constructor(owner: HashIndexOwner) {
    this.#owner = owner;
  }

  /** The first slot that may have a hash, or -1. */
  first(hash: number): number {
    return this.#seek(tagOf(hash), hash >>> this.#shift);
  }

  /** The next one, or -1. */
  next(hash: number, slot: number): number {
    return this.#seek(tagOf(hash), (slot + 1) & (this.#tags.length - 1));
  }

  /** The reference in a slot. */
  at(slot: number): number {
    return this.#references[slot]!;
  }

  /** Adds a reference; returns its slot. */
  add(hash: number, reference: number): number {
    const slots = this.#tags.length;
    // A search looks at tags next to each other, so that it may be a long one.
    if ((this.size + 1) * 16 > slots * 11) this.#renew(this.#shift - 1);
    else if ((this.size + this.#left + 1) * 8 > slots * 7) this.#renew(this.#shift);
    this.size++;
    return this.#place(hash, reference);
  }

  /** Takes out the reference in a slot. */
  removeAt(slot: number): void {
    const tags = this.#tags;
    const mask = tags.length - 1;
    this.size--;
    if (tags[(slot + 1) & mask] !== EMPTY) {
      tags[slot] = LEFT;
      this.#left++;
      return;
    }
    // Nobody searches on from the last of a chain.
    tags[slot] = EMPTY;
    for (let before = (slot - 1) & mask; tags[before] === LEFT; before = (before - 1) & mask) {
      tags[before] = EMPTY;
      this.#left--;
    }
  }

  /**
   * The references whose hashes fall into the same `1 / buckets` part of all hashes as this one, or into one of the
   * `range - 1` parts behind it. `buckets` is a power of two.
   */
  neighbours(hash: number, buckets: number, range: number): number[] {
    const tags = this.#tags;
    const mask = tags.length - 1;
    const shift = Math.clz32(buckets) + 1;
    const first = hash >>> shift;
    const start = ((first << shift) >>> 0) >>> this.#shift;
    const width = Math.ceil((range * tags.length) / buckets);
    const found: number[] = [];
    for (let i = 0; i < tags.length && (i < width || tags[(start + i) & mask] !== EMPTY); i++) {
      const at = (start + i) & mask;
      if (tags[at]! <= LEFT) continue;
      const reference = this.#references[at]!;
      const bucket = (this.#owner.hashOf(reference) >>> shift) - first;
      if (bucket >= 0 && bucket < range) found.push(reference);
    }
    return found;
  }

  #seek(tag: number, from: number): number {
    const tags = this.#tags;
    const mask = tags.length - 1;
    for (let at = from; ; at = (at + 1) & mask) {
      const there = tags[at];
      if (there === tag) return at;
      if (there === EMPTY) return -1;
    }
  }

  #place(hash: number, reference: number): number {
    const tags = this.#tags;
    const mask = tags.length - 1;
    let at = hash >>> this.#shift;
    while (tags[at]! > LEFT) at = (at + 1) & mask;
    if (tags[at] === LEFT) this.#left--;
    tags[at] = tagOf(hash);
    this.#references[at] = reference;
    return at;
  }

  /** Makes it anew with `2 ** (32 - shift)` slots. */
  #renew(shift: number): void {
    const tags = this.#tags;
    const references = this.#references;
    assert(shift > 32 - 26, "an index holds fewer than 2^25 references");
    this.#shift = shift;
    this.#left = 0;
    this.#tags = new Uint8Array(2 ** (32 - shift));
    this.#references = new Int32Array(2 ** (32 - shift));
    for (let at = 0; at < tags.length; at++) {
      if (tags[at]! <= LEFT) continue;
      const reference = references[at]!;
      this.#owner.moved(reference, this.#place(this.#owner.hashOf(reference), reference));
    }
  }
}
