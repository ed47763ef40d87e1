import type { Prng } from "../../base/prng.ts";

/** Chances, in 2^32 - 1 parts, of going from one state to another (S. Salsano's four states; Gilbert and Elliott's two). */
export type LossModelSettings =
  | {
      readonly model: "state";
      readonly p13: number;
      readonly p31: number;
      readonly p32: number;
      readonly p23: number;
      readonly p14: number;
    }
  | {
      readonly model: "gemodel";
      readonly p: number;
      readonly r: number;
      /** That a frame gets through in the bad state. */
      readonly h: number;
      /** That a frame is lost in the good state. */
      readonly k1: number;
    };

type State = "gap" | "burst" | "lost in burst" | "lost in gap";

/** Losses that come in bursts: loss_4state and loss_gilb_ell of net/sched/sch_netem.c. */
export class LossModel {
  readonly settings: LossModelSettings;
  readonly #prng: Prng;
  #state: State = "gap";
  #good = true;

  constructor(settings: LossModelSettings, prng: Prng) {
    this.settings = settings;
    this.#prng = prng;
  }

  /** Whether the next frame is lost. */
  loses(): boolean {
    const settings = this.settings;
    return settings.model === "state" ? this.#nextOfFour(settings) : this.#nextOfTwo(settings);
  }

  #nextOfFour(p: LossModelSettings & { readonly model: "state" }): boolean {
    const drawn = this.#prng.next();
    switch (this.#state) {
      case "gap":
        if (drawn < p.p14) this.#state = "lost in gap";
        else if (drawn < p.p13 + p.p14) this.#state = "lost in burst";
        break;
      case "burst":
        if (drawn < p.p23) this.#state = "lost in burst";
        break;
      case "lost in burst":
        if (drawn < p.p32) this.#state = "burst";
        else if (drawn < p.p31 + p.p32) this.#state = "gap";
        break;
      case "lost in gap":
        this.#state = "gap";
        break;
    }
    return this.#state === "lost in burst" || this.#state === "lost in gap";
  }

  #nextOfTwo(p: LossModelSettings & { readonly model: "gemodel" }): boolean {
    if (this.#good) {
      if (this.#prng.next() < p.p) this.#good = false;
      return this.#prng.next() < p.k1;
    }
    if (this.#prng.next() < p.r) this.#good = true;
    return this.#prng.next() > p.h;
  }
}
