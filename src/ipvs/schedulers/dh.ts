import type { IpvsDestination } from "../destination.ts";
import type { Client, Scheduler, SchedulerKind } from "../scheduler.ts";
import { hash32, isAvailable } from "./available.ts";

const BITS = 8;

/** Destination hashing: a table of 256 places, dealt out in turn, in which the address that is asked for has its place. */
class DestinationHashing implements Scheduler {
  readonly name = "dh";
  #destinations: readonly IpvsDestination[] = [];

  changed(destinations: readonly IpvsDestination[]): void {
    this.#destinations = destinations;
  }

  choose(_destinations: readonly IpvsDestination[], client: Client): IpvsDestination | null {
    const { length } = this.#destinations;
    if (length === 0) return null;
    const destination = this.#destinations[hash32(client.dstAddress, BITS) % length]!;
    return isAvailable(destination) ? destination : null;
  }
}

export const dh: SchedulerKind = { name: "dh", make: () => new DestinationHashing() };
