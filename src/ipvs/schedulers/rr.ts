import type { IpvsDestination } from "../destination.ts";
import type { DestinationChange, Scheduler, SchedulerKind } from "../scheduler.ts";
import { isAvailable } from "./available.ts";

/** Round robin: one after the other, weights do not count. */
class RoundRobin implements Scheduler {
  readonly name = "rr";
  /** Who was chosen last; null: begin with the first. */
  #last: IpvsDestination | null = null;

  changed(destinations: readonly IpvsDestination[], change: DestinationChange): void {
    if (change.what === "removed" && change.destination === this.#last)
      this.#last = destinations[change.index - 1] ?? null;
  }

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    const { length } = destinations;
    const from = this.#last === null ? -1 : destinations.indexOf(this.#last);
    for (let i = 1; i <= length; i++) {
      const destination = destinations[(from + i) % length]!;
      if (!isAvailable(destination)) continue;
      this.#last = destination;
      return destination;
    }
    return null;
  }
}

export const rr: SchedulerKind = { name: "rr", make: () => new RoundRobin() };
