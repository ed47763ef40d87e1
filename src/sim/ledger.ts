import type { EventQueue, Scheduled } from "./event-queue.ts";
import { Packet } from "./packet.ts";
import type { Trip } from "./trip.ts";

/** More trips than this do not wait to be entered. */
const MOST = 4096;

/**
 * The trips that took packets along and have not yet entered them into the cells of the counters and stamps that they
 * passed. Whoever reads such a cell settles first, so that nobody ever sees it behind; a counter that nobody reads
 * costs a packet nothing.
 */
export class Ledger {
  readonly #queue: EventQueue;
  readonly #trips: Trip[] = [];
  /** How often a trip that was settled took packets along again. */
  entered = 0;

  constructor(queue: EventQueue) {
    this.#queue = queue;
  }

  /** A trip took a packet along for the first time since it was settled. */
  enter(trip: Trip): void {
    if (this.#trips.length === MOST) this.enterAll();
    this.#trips.push(trip);
    this.entered++;
  }

  /** Makes every packet and every cell what the stack would have made of it. */
  settle(): void {
    this.#queue.eachReady(getOff);
    this.enterAll();
  }

  /** Enters the packets that have gone to the end of their trip. */
  enterAll(): void {
    const trips = this.#trips;
    if (trips.length === 0) return;
    for (let i = 0; i < trips.length; i++) trips[i]!.enter();
    trips.length = 0;
  }
}

function getOff(event: Scheduled): void {
  if (event instanceof Packet && event.legs > 0) event.trip!.getOffHere(event);
}
