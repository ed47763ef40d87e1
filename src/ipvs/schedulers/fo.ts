import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";

/** Failover: all to the available server of the greatest weight. */
class Failover implements Scheduler {
  readonly name = "fo";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    let best: IpvsDestination | null = null;
    for (const destination of destinations)
      if (!destination.overloaded && destination.weight > (best?.weight ?? 0)) best = destination;
    return best;
  }
}

export const fo: SchedulerKind = { name: "fo", make: () => new Failover() };
