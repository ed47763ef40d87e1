import type { IpvsDestination } from "../destination.ts";
import type { Client, Scheduler, SchedulerFlags, SchedulerKind } from "../scheduler.ts";
import { gcd, isAvailable } from "./available.ts";
import { hsiphash } from "./hsiphash.ts";

/** A prime: the length of the table (CONFIG_IP_VS_MH_TAB_INDEX=12). */
const SIZE = 4093;
/** Weights are brought down to at most so many bits. */
const WEIGHT_BITS = 6;
const KEY1 = 2654435761;
const KEY2 = 2654446892;

/** One server's turns at the table: where it goes next when the place that it wants is taken. */
interface Turn {
  readonly destination: IpvsDestination;
  readonly skip: number;
  readonly turns: number;
  place: number;
}

/**
 * Maglev hashing (Eisenbud and others, NSDI 2016): each server goes through the table in an order of its own and takes the
 * first free place, in turn. When a server comes or goes, few of the others' places change.
 */
class MaglevHashing implements Scheduler {
  readonly name = "mh";
  readonly #fallback: boolean;
  readonly #port: boolean;
  #table: (IpvsDestination | null)[] = [];

  constructor([fallback, port]: SchedulerFlags) {
    this.#fallback = fallback;
    this.#port = port;
  }

  changed(destinations: readonly IpvsDestination[]): void {
    const divisor = destinations.map((d) => d.lastWeight).reduce(gcd, 0);
    this.#table = divisor === 0 ? [] : fill(turnsOf(destinations, divisor));
  }

  choose(_destinations: readonly IpvsDestination[], client: Client): IpvsDestination | null {
    const table = this.#table;
    if (table.length === 0) return null;
    const key = client.srcAddress + (this.#port ? client.srcPort : 0);
    const place = hsiphash(key, KEY1) % SIZE;
    const first = table[place]!;
    if (isAvailable(first)) return first;
    if (!this.#fallback) return null;
    for (let i = 0; i < SIZE; i++) {
      const destination = table[hsiphash(key + ((i + place) % SIZE), KEY1) % SIZE]!;
      if (isAvailable(destination)) return destination;
    }
    return null;
  }
}

function turnsOf(destinations: readonly IpvsDestination[], divisor: number): Turn[] {
  const greatest = Math.max(...destinations.map((d) => d.lastWeight)) / divisor;
  const shift = Math.max(0, 32 - Math.clz32(greatest) - WEIGHT_BITS);
  return destinations.map((destination) => {
    const key = destination.address + destination.port;
    return {
      destination,
      place: hsiphash(key, KEY1) % SIZE,
      skip: (hsiphash(key, KEY2) % (SIZE - 1)) + 1,
      turns: (destination.lastWeight / divisor) >>> shift || (destination.lastWeight === 0 ? 0 : 1),
    };
  });
}

function fill(turns: readonly Turn[]): (IpvsDestination | null)[] {
  const table = new Array<IpvsDestination | null>(SIZE).fill(null);
  for (let left = SIZE; ; )
    for (const turn of turns)
      for (let i = 0; i < turn.turns; i++) {
        while (table[turn.place] !== null) turn.place = (turn.place + turn.skip) % SIZE;
        table[turn.place] = turn.destination;
        if (--left === 0) return table;
      }
}

export const mh: SchedulerKind = { name: "mh", make: (flags) => new MaglevHashing(flags) };
