import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { isAvailable, load } from "./available.ts";

/** Least connections: whoever carries least; of equal ones the first. */
class LeastConnection implements Scheduler {
  readonly name = "lc";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    let least: IpvsDestination | null = null;
    for (const destination of destinations)
      if (isAvailable(destination) && (least === null || load(destination) < load(least)))
        least = destination;
    return least;
  }
}

export const lc: SchedulerKind = { name: "lc", make: () => new LeastConnection() };
