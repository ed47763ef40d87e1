import type { Packet } from "./packet.ts";
import { PacketQueue } from "./packet-queue.ts";
import type { Nanos } from "./time.ts";
import { Timer } from "./timer.ts";
import { Verdict } from "./verdict.ts";
import type { World } from "./world.ts";

/** net.core.netdev_max_backlog: a CPU's queue holds no more (net/core/dev.c, enqueue_to_backlog). */
export const MAX_BACKLOG = 1000;

/**
 * One processor of a host with a cost per packet: packets wait in its backlog, one at a time is handled, and that takes
 * `cost` nanoseconds, in which the other processors go on. Hosts whose steps cost nothing do without.
 */
export class Cpu {
  readonly #world: World;
  readonly #cost: Nanos;
  readonly #backlog: PacketQueue;
  readonly #done: Timer;

  constructor(world: World, cost: Nanos, name: string) {
    this.#world = world;
    this.#cost = cost;
    this.#backlog = new PacketQueue(name);
    this.#done = new Timer(world.queue, () => this.#finish());
    world.holds(this.#backlog);
  }

  /** Takes a packet whose `device` is the one that is to receive it. */
  enqueue(packet: Packet, place: number): void {
    if (this.#backlog.length >= MAX_BACKLOG) {
      this.#world.end(packet, Verdict.CPU_BACKLOG, place);
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
