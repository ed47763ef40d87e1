import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { isAvailable, leastCost } from "./available.ts";
import { expectedDelay } from "./sed.ts";

/** Never queue: an idle server at once, whatever its weight; else the shortest expected delay. */
class NeverQueue implements Scheduler {
  readonly name = "nq";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    for (const destination of destinations)
      if (isAvailable(destination) && destination.activeConnections === 0) return destination;
    return leastCost(destinations, expectedDelay);
  }
}

export const nq: SchedulerKind = { name: "nq", make: () => new NeverQueue() };
