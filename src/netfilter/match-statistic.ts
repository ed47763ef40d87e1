import type { Prng } from "../base/prng.ts";
import type { XtInfo, XtMatch, XtMatchType } from "../net/xtables.ts";
import { netfilterOf } from "./netfilter.ts";

/** `-m statistic` */
export interface StatisticInfo extends XtInfo {
  readonly mode: "random" | "nth";
  /** With `random`: of 2^31. */
  readonly probability?: number;
  /** With `nth`: each of so many, beginning with this one (from 0). */
  readonly every?: number;
  readonly packet?: number;
  readonly not?: true;
}

class RandomMatch implements XtMatch {
  readonly #prng: Prng;
  readonly #probability: number;
  readonly #not: boolean;

  constructor(prng: Prng, { probability = 0, not }: StatisticInfo) {
    this.#prng = prng;
    this.#probability = probability;
    this.#not = not === true;
  }

  matches(): boolean {
    return (this.#prng.next() & 0x7fffffff) < this.#probability !== this.#not;
  }
}

class NthMatch implements XtMatch {
  readonly #last: number;
  readonly #not: boolean;
  #count: number;

  constructor({ every = 1, packet = 0, not }: StatisticInfo) {
    this.#last = every - 1;
    this.#count = this.#last - packet;
    this.#not = not === true;
  }

  foresee(): boolean {
    return (this.#next() === 0) !== this.#not;
  }

  matches(): boolean {
    this.#count = this.#next();
    return (this.#count === 0) !== this.#not;
  }

  #next(): number {
    return this.#count === this.#last ? 0 : this.#count + 1;
  }
}

export const statisticMatch: XtMatchType<StatisticInfo> = {
  name: "statistic",
  make: (info, { ns }) =>
    info.mode === "random" ? new RandomMatch(netfilterOf(ns).prng, info) : new NthMatch(info),
};
