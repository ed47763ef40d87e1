import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { leastCost, load } from "./available.ts";

/** Weighted least connections: whoever carries least for its weight. The scheduler that `ipvsadm` takes unless told. */
class WeightedLeastConnection implements Scheduler {
  readonly name = "wlc";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    return leastCost(destinations, load);
  }
}

export const wlc: SchedulerKind = { name: "wlc", make: () => new WeightedLeastConnection() };
