import { SECOND } from "../sim/time.ts";
import type { Timer } from "../sim/timer.ts";
import type { World } from "../sim/world.ts";
import type { Neighbour } from "./neighbour.ts";

/**
 * The bounds that all ARP caches of one kernel share (net.ipv4.neigh.default.gc_*): Linux has one table for all
 * namespaces and shows these only in the first. Linux: net/core/neighbour.c, neigh_alloc, neigh_forced_gc, neigh_periodic_work.
 */
export class NeighbourLimits {
  gc_thresh1 = 128;
  gc_thresh2 = 512;
  gc_thresh3 = 1024;
  /** Seconds; Linux keeps it for show. */
  gc_interval = 30;
  /** How often an address found no place. */
  overflows = 0;
  readonly #world: World;
  readonly #all: Set<Neighbour> = new Set();
  /** Entries that may be thrown out, oldest first: all but permanent ones and those that a program learned. */
  readonly #entries: Set<Neighbour> = new Set();
  #lastFlush = Number.NEGATIVE_INFINITY;
  readonly #periodic: Timer;

  constructor(world: World) {
    this.#world = world;
    this.#periodic = world.timer(() => this.#collect());
  }

  get count(): number {
    return this.#entries.size;
  }

  /** Makes room for one more entry; false when the table is full ("neighbor table overflow"). */
  admit(): boolean {
    const count = this.#entries.size;
    const isFull = count >= this.gc_thresh3;
    const isDue = count >= this.gc_thresh2 && this.#world.now > this.#lastFlush + 5 * SECOND;
    if (!isFull && !isDue) return true;
    if (this.#flush() || !isFull) return true;
    this.overflows++;
    return false;
  }

  add(neighbour: Neighbour): void {
    this.#all.add(neighbour);
    this.sort(neighbour);
    if (this.#all.size >= this.gc_thresh1 && !this.#periodic.armed) this.#armPeriodic(neighbour);
  }

  remove(neighbour: Neighbour): void {
    this.#all.delete(neighbour);
    this.#entries.delete(neighbour);
  }

  /** The state or a flag of an entry changed: whether it may be thrown out is asked anew (neigh_update_gc_list). */
  sort(neighbour: Neighbour): void {
    if (!this.#all.has(neighbour)) return;
    if (neighbour.state === "PERMANENT" || neighbour.externLearn) this.#entries.delete(neighbour);
    else this.#entries.add(neighbour);
  }

  /**
   * Throws out what failed, what needs no question, and what nobody changed for five seconds, unless somebody holds on to
   * it, as its timer does: as many as are more than gc_thresh2 with the one to come. False when nothing could go.
   */
  #flush(): boolean {
    const excess = this.#entries.size + 1 - this.gc_thresh2;
    const before = this.#world.now - 5 * SECOND;
    let gone = 0;
    for (const n of [...this.#entries]) {
      if (n.inUse || n.timed) continue;
      if (n.state === "FAILED" || n.state === "NOARP" || n.updated < before) {
        n.ns.neighbours.remove(n, { by: "timer", text: "neighbour table is full" });
        gone++;
      }
      if (gone >= excess) break;
    }
    this.#lastFlush = this.#world.now;
    return gone > 0;
  }

  /** Every half reachable time, as long as there are more than gc_thresh1: entries that nobody uses go. */
  #collect(): void {
    if (this.#all.size < this.gc_thresh1) return;
    const now = this.#world.now;
    let last: Neighbour | null = null;
    for (const n of [...this.#entries]) {
      last = n;
      if (n.inTimer || n.inUse) continue;
      const used = Math.max(n.used, n.confirmed);
      if (n.state !== "FAILED" && now < used + n.conf.gc_stale_time * SECOND) continue;
      n.ns.neighbours.remove(n, { by: "timer", text: "nobody used it for gc_stale_time" });
    }
    if (last !== null) this.#armPeriodic(last);
  }

  #armPeriodic(any: Neighbour): void {
    this.#periodic.arm(any.ns.ipv4.defaultNeighbour.base_reachable_time_ms * 500_000);
  }
}
