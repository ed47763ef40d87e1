import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { gcd } from "./available.ts";

/**
 * Weighted round robin: round after round with a falling bar, which only those pass whose weight reaches it. It falls from the
 * greatest weight to nothing by the greatest common divisor of the weights.
 */
class WeightedRoundRobin implements Scheduler {
  readonly name = "wrr";
  /** Where in the list the last choice was; -1: before the first. */
  #at = -1;
  #bar = 0;
  #step = 1;
  #top = 0;

  changed(destinations: readonly IpvsDestination[]): void {
    const weights = destinations.map((d) => d.weight);
    this.#at = -1;
    this.#step = weights.reduce(gcd, 0) || 1;
    this.#top = Math.max(0, ...weights) - (this.#step - 1);
    if (this.#bar > this.#top || this.#bar === 0) this.#bar = this.#top;
    else if (this.#step > 1) this.#bar = Math.floor(this.#bar / this.#step) * this.#step + 1;
  }

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    if (this.#top <= 0) return null;
    const start = this.#at;
    let hasRestarted = false;
    let isLastRound = false;
    for (;;) {
      while (++this.#at < destinations.length) {
        const destination = destinations[this.#at]!;
        if (!destination.overloaded && destination.weight >= this.#bar) return destination;
        // The whole list was gone through with the bar at its lowest.
        if (this.#at === start && isLastRound) return null;
      }
      this.#at = -1;
      this.#bar -= this.#step;
      if (this.#bar <= 0) {
        this.#bar = this.#top;
        if (isLastRound || start < 0) return null;
        hasRestarted = true;
      }
      isLastRound = this.#bar <= this.#step;
      if (isLastRound && hasRestarted && start < 0) return null;
    }
  }
}

export const wrr: SchedulerKind = { name: "wrr", make: () => new WeightedRoundRobin() };
