import { KernelError } from "../net/kernel-error.ts";
import type { XtInfo, XtMatch, XtMatchType } from "../net/xtables.ts";
import type { Nanos } from "../sim/time.ts";
import type { World } from "../sim/world.ts";

/** `-m limit` */
export interface LimitInfo extends XtInfo {
  /** The time between two packets, in 1/10000 s. */
  readonly period: number;
  readonly burst: number;
}

/** The kernel counts time in ticks of 1/250 s, as distributions build it. */
const JIFFY: Nanos = 4_000_000;
/** The kernel's numbers have 32 bits. */
const MOST = 0xffffffff;
/** Units of credit in a tick (CREDITS_PER_JIFFY with HZ 250). */
const CREDITS = 128;
const HZ = 250;
const SCALE = 10000;

/** user2credits of xt_limit.c, in 32 bits. */
function credits(user: number): number {
  if (user > Math.floor(MOST / (HZ * CREDITS))) return (Math.floor(user / SCALE) * HZ * CREDITS) % (MOST + 1);
  return Math.floor((user * HZ * CREDITS) / SCALE);
}

class LimitMatch implements XtMatch {
  readonly #world: World;
  readonly #cost: number;
  readonly #most: number;
  #credit: number;
  #jiffy: number;

  constructor(world: World, { period, burst }: LimitInfo) {
    this.#world = world;
    this.#cost = credits(period);
    this.#most = credits((period * burst) % (MOST + 1));
    this.#credit = this.#most;
    this.#jiffy = Math.floor(world.now / JIFFY);
  }

  matches(): boolean {
    const jiffy = Math.floor(this.#world.now / JIFFY);
    const credit = this.#credit + (jiffy - this.#jiffy) * CREDITS;
    this.#jiffy = jiffy;
    this.#credit = credit > this.#most ? this.#most : credit;
    if (this.#credit < this.#cost) return false;
    this.#credit -= this.#cost;
    return true;
  }
}

export const limitMatch: XtMatchType<LimitInfo> = {
  name: "limit",
  make(info, { ns }) {
    if (info.burst === 0 || credits((info.period * info.burst) % (MOST + 1)) < credits(info.period))
      throw new KernelError("ERANGE");
    return new LimitMatch(ns.world, info);
  },
};
