import type { Leg } from "./leg.ts";

/** More legs than this do not wait to be settled. */
const MOST = 4096;

/**
 * The legs that took packets along and have not yet entered them into the cells of the counters and stamps that they
 * passed. Whoever reads such a cell settles first, so that nobody ever sees it behind; a counter that nobody reads
 * costs a packet nothing.
 */
export class Ledger {
  readonly #legs: Leg[] = [];
  /** How often a leg that was settled took packets along again. */
  entered = 0;

  /** A leg took a packet along for the first time since it was settled. */
  enter(leg: Leg): void {
    if (this.#legs.length === MOST) this.settle();
    this.#legs.push(leg);
    this.entered++;
  }

  /** Enters everything. */
  settle(): void {
    const legs = this.#legs;
    if (legs.length === 0) return;
    for (let i = 0; i < legs.length; i++) legs[i]!.settle();
    legs.length = 0;
  }
}
