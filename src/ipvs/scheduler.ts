import type { Nanos } from "../sim/time.ts";
import type { IpvsDestination } from "./destination.ts";

/** What a scheduler may look at of the packet that wants a destination. Addresses are int32. */
export interface Client {
  protocol: number;
  srcAddress: number;
  srcPort: number;
  dstAddress: number;
  dstPort: number;
  now: Nanos;
}

/**
 * Chooses destinations for one service; it keeps its own state between choices and knows nothing of packets, clocks or
 * tables. Each is made anew for each service by its {@link SchedulerKind}.
 */
export interface Scheduler {
  readonly name: string;
  /** The list of destinations, or a weight, has changed (add_dest, del_dest, upd_dest). */
  changed(destinations: readonly IpvsDestination[], change: DestinationChange): void;
  /** Null when nobody can take it. */
  choose(destinations: readonly IpvsDestination[], client: Client): IpvsDestination | null;
}

export interface DestinationChange {
  readonly what: "added" | "removed" | "updated";
  readonly destination: IpvsDestination;
  /** Where it stands in the list, or stood. */
  readonly index: number;
}

/** What `ipvsadm -b` gives a scheduler: `flag-1` to `flag-3`, which have names with some schedulers. */
export type SchedulerFlags = readonly [boolean, boolean, boolean];

/** A scheduler by its name (struct ip_vs_scheduler). */
export interface SchedulerKind {
  readonly name: string;
  make(flags: SchedulerFlags): Scheduler;
}
