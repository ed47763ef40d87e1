/** FNV-1a over the code units of `text`, going on from `hash`: turns the name of a stream into a seed. */
function hashName(text: string, hash = 0x811c9dc5): number {
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash;
}

/** How many numbers still show too much of the seed. */
const WARM_UP = 12;

/**
 * A seeded generator (sfc32, by Chris Doty-Humphrey). Its interface has whole numbers only, so that no
 * platform's floating point can differ; a probability is a ratio of whole numbers.
 */
export class Prng {
  #a: number;
  #b: number;
  #c: number;
  #counter = WARM_UP + 1;

  constructor(seed: number, stream = 0) {
    // The first twelve numbers are thrown away. They are drawn in local variables: large worlds have many generators.
    let a = 0;
    let b = seed | 0;
    let c = stream | 0;
    for (let counter = 1; counter <= WARM_UP; counter++) {
      const sum = (a + b + counter) | 0;
      a = b ^ (b >>> 9);
      b = (c + (c << 3)) | 0;
      c = (((c << 21) | (c >>> 11)) + sum) | 0;
    }
    this.#a = a;
    this.#b = b;
    this.#c = c;
  }

  /** The next uint32. */
  next(): number {
    return this.#step() >>> 0;
  }

  /** The same bits as an int32: a small integer, never an object on the heap. */
  #step(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum;
  }

  /** A whole number from 0 up to, but not including, `bound` (1 to 2^32); unbiased. */
  below(bound: number): number {
    if (bound <= 0x4000_0000 && (bound & (bound - 1)) === 0) return this.#step() & (bound - 1);
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % bound);
    for (;;) {
      const drawn = this.next();
      if (drawn < limit) return drawn % bound;
    }
  }

  /** True in `numerator` of `denominator` cases. */
  chance(numerator: number, denominator: number): boolean {
    return this.below(denominator) < numerator;
  }

  /**
   * A stream of its own for `name`, with `more` behind it: it depends on this generator's current state and the name
   * only, and takes nothing from this one, so that a new consumer does not shift the others.
   */
  fork(name: string, more: string = ""): Prng {
    const hash = hashName(more, hashName(name));
    return new Prng(this.#b ^ hash, this.#c ^ hashName("/stream", hash));
  }
}
