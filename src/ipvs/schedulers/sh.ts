import type { IpvsDestination } from "../destination.ts";
import type { Client, Scheduler, SchedulerFlags, SchedulerKind } from "../scheduler.ts";
import { hash32, isAvailable } from "./available.ts";

const BITS = 8;
const SIZE = 1 << BITS;

/**
 * Source hashing: a table of 256 places, dealt out by weight, in which the client's address (with `sh-port` its port too)
 * has its place. Who is unavailable is not replaced, unless `sh-fallback` says so.
 */
class SourceHashing implements Scheduler {
  readonly name = "sh";
  readonly #fallback: boolean;
  readonly #port: boolean;
  #table: (IpvsDestination | null)[] = new Array<IpvsDestination | null>(SIZE).fill(null);

  constructor([fallback, port]: SchedulerFlags) {
    this.#fallback = fallback;
    this.#port = port;
  }

  changed(destinations: readonly IpvsDestination[]): void {
    let at = 0;
    let given = 0;
    this.#table = this.#table.map(() => {
      const destination = destinations[at] ?? null;
      // Each gets as many places in a row as it weighs, and at least one.
      if (destination !== null && ++given >= destination.weight) {
        at = (at + 1) % destinations.length;
        given = 0;
      }
      return destination;
    });
  }

  choose(_destinations: readonly IpvsDestination[], client: Client): IpvsDestination | null {
    const key = hash32(client.srcAddress + (this.#port ? client.srcPort : 0), BITS);
    const first = this.#table[key]!;
    if (first === null || isAvailable(first)) return first;
    if (!this.#fallback) return null;
    for (let i = 0; i < SIZE; i++) {
      const destination = this.#table[(key + ((i + key) & (SIZE - 1))) & (SIZE - 1)]!;
      if (isAvailable(destination)) return destination;
    }
    return null;
  }
}

export const sh: SchedulerKind = { name: "sh", make: (flags) => new SourceHashing(flags) };
