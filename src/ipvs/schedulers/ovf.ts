import type { IpvsDestination } from "../destination.ts";
import type { Scheduler, SchedulerKind } from "../scheduler.ts";
import { isAvailable } from "./available.ts";

/** Overflow: to the server of the greatest weight until it has more active connections than its weight, then to the next. */
class Overflow implements Scheduler {
  readonly name = "ovf";

  changed(): void {}

  choose(destinations: readonly IpvsDestination[]): IpvsDestination | null {
    let best: IpvsDestination | null = null;
    for (const destination of destinations) {
      if (!isAvailable(destination) || destination.activeConnections > destination.weight) continue;
      if (best === null || destination.weight > best.weight) best = destination;
    }
    return best;
  }
}

export const ovf: SchedulerKind = { name: "ovf", make: () => new Overflow() };
