import { Prng } from "../base/prng.ts";
import { UserError } from "../base/user-error.ts";
import { Cells } from "./cells.ts";
import { EventQueue } from "./event-queue.ts";
import { Ledger } from "./ledger.ts";
import { LegRecording } from "./leg-recording.ts";
import type { Packet } from "./packet.ts";
import { PacketPool } from "./packet-pool.ts";
import { Process, type Program } from "./process.ts";
import { type EntryRef, Registry } from "./registry.ts";
import type { PlaceId, Tap } from "./tap.ts";
import type { Nanos } from "./time.ts";
import { Timer } from "./timer.ts";
import type { Verdict } from "./verdict.ts";

/** More events than this without the clock moving on is a storm: a loop of bridges, say. */
export const STORM_LIMIT = 2_000_000;

/** A place where packets may lie while the world stands still: a queue, a wire. */
interface Holder {
  readonly name: string;
  readonly length: number;
}

/** A world's clock and matter: one event queue, one packet pool, one seed, one memory of causes. */
export class World {
  readonly queue: EventQueue = new EventQueue();
  readonly pool: PacketPool = new PacketPool();
  readonly registry: Registry = new Registry(this.queue);
  readonly prng: Prng;
  readonly seed: number;
  /** Sees every step of every frame; null while nobody looks. Set by {@link observe}. */
  tap: Tap | null = null;
  /** Raised by any change of a table, device, address, rule or tap; what is derived from them is valid for one generation. */
  generation = 0;
  /**
   * What a leg is being made of at this moment, or null. The stack tells it what it does to the packet; to call the
   * recording off, set it to null.
   */
  leg: LegRecording | null = null;
  /** Used again for each leg. */
  readonly recording: LegRecording = new LegRecording(this);
  readonly ledger: Ledger = new Ledger(this.queue);
  readonly cells: Cells = new Cells();
  /** The program that takes a step at this moment, or null: who opens a socket. */
  running: Process | null = null;
  /** False: every packet is handled step by step, as if no other had gone the same way. */
  remembersLegs = true;
  /** How often each verdict ended a frame. */
  readonly ends: Float64Array = new Float64Array(256);
  readonly #places: string[] = [""];
  readonly #holders: Set<Holder> = new Set();

  constructor(seed: number) {
    this.seed = seed;
    this.prng = new Prng(seed);
  }

  get now(): Nanos {
    return this.queue.now;
  }

  /** A timer that is not armed yet. */
  timer(callback: () => void): Timer {
    return new Timer(this.queue, callback);
  }

  /** Calls back after `delay` nanoseconds. */
  after(delay: Nanos, callback: () => void): Timer {
    const timer = this.timer(callback);
    timer.arm(delay);
    return timer;
  }

  /** Starts a program; it takes its first step in its turn of this instant. */
  start(program: Program): Process {
    return new Process(this, program);
  }

  /**
   * Ends a packet: every frame ends here, exactly once. `place` is the device or namespace where it was, `entry` what
   * decided it, where something did.
   */
  end(packet: Packet, verdict: Verdict, place: PlaceId, entry: EntryRef = 0): void {
    this.ends[verdict]!++;
    this.leg = null;
    if (this.tap !== null) this.tap.record(place, packet, verdict, entry);
    this.pool.release(packet);
  }

  /** Gives a device or namespace its world-wide number. */
  place(name: string): PlaceId {
    return this.#places.push(name) - 1;
  }

  /** Devices and namespaces can be renamed and moved. */
  renamePlace(place: PlaceId, name: string): void {
    this.#places[place] = name;
  }

  placeName(place: PlaceId): string {
    return this.#places[place]!;
  }

  /** Announces a place in which packets may lie when the world stands still: they count as held there. */
  holds(holder: Holder): void {
    this.#holders.add(holder);
  }

  /** A place that is gone for good; it must be empty. */
  forget(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** The named places that hold packets now. */
  get held(): readonly Holder[] {
    return [...this.#holders].filter((holder) => holder.length > 0);
  }

  /** Runs the next event, if one is due by `until`; false when there is none. */
  step(until: Nanos = Number.POSITIVE_INFINITY): boolean {
    this.queue.limit = until;
    const event = this.queue.pop();
    if (event === null) return false;
    event.fire();
    this.leg = null;
    return true;
  }

  /** Runs all that is left to happen at this instant. */
  settle(): void {
    this.queue.limit = this.queue.now;
    this.#run();
  }

  /** Runs everything in the next `duration` nanoseconds; the clock then stands at their end. */
  advance(duration: Nanos): void {
    this.queue.limit = this.queue.now + duration;
    this.#run();
    this.queue.advance();
  }

  /** Runs everything up to the queue's limit. */
  #run(): void {
    const queue = this.queue;
    let instant = queue.now;
    let events = 0;
    for (;;) {
      events += queue.takeTurns();
      const event = queue.pop();
      if (event === null) return;
      event.fire();
      this.leg = null;
      if (queue.now !== instant) {
        instant = queue.now;
        events = 0;
      } else if (++events > STORM_LIMIT) throw this.storm();
    }
  }

  /** The named failure of too much at one instant. */
  storm(): UserError {
    return new UserError(
      "STORM",
      `more than ${STORM_LIMIT} events at ${this.queue.now} ns: frames go round in a loop`,
      null,
      "look for two bridges joined twice; a real network melts here as well",
    );
  }
}
