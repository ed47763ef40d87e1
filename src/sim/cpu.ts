import type { Packet } from "./packet.ts";
import { PacketQueue } from "./packet-queue.ts";
import type { EntryRef } from "./registry.ts";
import type { Nanos } from "./time.ts";
import { Timer } from "./timer.ts";
import { Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/** With how many packets in its queue a processor takes one more (net/core/dev.c, enqueue_to_backlog), and what says so. */
export interface BacklogLimit {
  readonly maxBacklog: number;
  readonly backlogLimit: EntryRef;
}

/**
 * One processor of a host with a cost per packet: packets wait in its backlog, one at a time is handled, and that takes
 * `cost` nanoseconds, in which the other processors go on. Hosts whose steps cost nothing do without.
 */
export class Cpu {
  readonly #world: World;
  readonly #cost: Nanos;
  readonly #backlog: PacketQueue;
  readonly #done: Timer;
  readonly #limit: BacklogLimit;

  constructor(world: World, cost: Nanos, name: string, limit: BacklogLimit) {
    this.#world = world;
    this.#cost = cost;
    this.#limit = limit;
    this.#backlog = new PacketQueue(name);
    this.#done = new Timer(world.queue, () => this.#finish());
    world.holds(this.#backlog);
  }

  /** Takes a packet whose `device` is the one that is to receive it. */
  enqueue(packet: Packet, place: number): void {
    if (this.#backlog.length > this.#limit.maxBacklog) {
      this.#world.end(packet, Verdict.CPU_BACKLOG, place, this.#limit.backlogLimit);
      return;
    }
    this.#backlog.push(packet);
    if (!this.#done.armed) this.#done.arm(this.#cost);
  }

  #finish(): void {
    const packet = this.#backlog.shift()!;
    if (this.#backlog.length > 0) this.#done.arm(this.#cost);
    packet.fire();
  }
}
