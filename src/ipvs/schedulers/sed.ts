import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { leastCost } from "./available.ts";

/** How long a new connection would have to wait: active ones and itself. */
export function expectedDelay(destination: IpvsDestination): number {
  return destination.activeConnections + 1;
}

/** Shortest expected delay: who would serve the new connection soonest, (active + 1) / weight. */
class ShortestExpectedDelay implements Scheduler {
  readonly name = "sed";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    return leastCost(destinations, expectedDelay);
  }
}

export const sed: SchedulerKind = { name: "sed", make: () => new ShortestExpectedDelay() };
