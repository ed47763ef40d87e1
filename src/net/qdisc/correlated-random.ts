import type { Prng } from "../../base/prng.ts";

/**
 * A stream of uint32 in which each depends on the one before: `rho` of 2^32 of it is the last value (get_crandom).
 * A correlation of zero is plain chance.
 */
export class CorrelatedRandom {
  readonly #prng: Prng;
  #rho = 0;
  #last = 0;

  constructor(prng: Prng) {
    this.#prng = prng;
  }

  get rho(): number {
    return this.#rho;
  }

  /** Begins anew with another correlation (a uint32). */
  correlate(rho: number): void {
    this.#rho = rho;
    this.#last = this.#prng.next();
  }

  /** The next uint32. */
  next(): number {
    const value = this.#prng.next();
    if (this.#rho === 0) return value;
    // (value * (2^32 - rho) + last * rho) / 2^32 in halves of 16 bits, because a double holds only 53.
    const weight = this.#rho + 1;
    const rest = 0x1_0000_0000 - weight;
    const high = value * Math.floor(rest / 0x10000) + this.#last * Math.floor(weight / 0x10000);
    const low = value * (rest % 0x10000) + this.#last * (weight % 0x10000);
    this.#last = Math.floor((high + Math.floor(low / 0x10000)) / 0x10000);
    return this.#last;
  }
}
