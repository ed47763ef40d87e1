import type { Packet } from "../../sim/packet.ts";
import { PacketQueue } from "../../sim/packet-queue.ts";
import type { EntryRef } from "../../sim/registry.ts";
import type { Nanos } from "../../sim/time.ts";
import type { Timer } from "../../sim/timer.ts";
import { Verdict } from "../../sim/verdict.ts";
import type { Qdisc } from "../device-driver.ts";
import type { NetDevice } from "../net-device.ts";
import { QdiscStats } from "./qdisc-stats.ts";

export interface TbfSettings {
  readonly kind: "tbf";
  /** Bytes a second. */
  readonly rate: number;
  /** Bytes that may go at once after a pause. */
  readonly burst: number;
  /** Bytes that may wait. */
  readonly limit: number;
}

/**
 * A token bucket: frames go at a rate, after a pause some at once.   Linux: net/sched/sch_tbf.c.
 * Holds: frames for which there are no tokens yet.   Differs: no peak rate.
 */
export class Tbf implements Qdisc {
  readonly kind = "tbf";
  readonly device: NetDevice;
  readonly handle: number;
  readonly ref: EntryRef;
  readonly stats: QdiscStats = new QdiscStats();
  rate = 0;
  burst = 0;
  limit = 0;
  /** What the burst takes at this rate: the bucket's size. Tokens are time. */
  buffer: Nanos = 0;
  #tokens: Nanos = 0;
  #checked: Nanos;
  readonly #queue: PacketQueue = new PacketQueue("tbf");
  readonly #timer: Timer;

  constructor(device: NetDevice, handle: number, ref: EntryRef, settings: TbfSettings) {
    this.device = device;
    this.handle = handle;
    this.ref = ref;
    this.#checked = device.world.now;
    this.#timer = device.world.timer(() => this.#release());
    device.world.holds(this);
    this.change(settings);
  }

  /** The place where frames wait, for reports. */
  get name(): string {
    return `${this.device.path} tbf queue`;
  }

  get length(): number {
    return this.#queue.length;
  }

  get bytes(): number {
    return this.#queue.bytes;
  }

  change(settings: TbfSettings): void {
    this.rate = settings.rate;
    this.burst = settings.burst;
    this.limit = settings.limit;
    this.buffer = this.#timeOf(settings.burst);
    this.#tokens = this.buffer;
  }

  enqueue(packet: Packet): void {
    // A frame longer than the bucket would never go.
    if (packet.length > this.burst || this.#queue.bytes + packet.length > this.limit) {
      this.stats.drops++;
      this.device.world.end(packet, Verdict.QDISC_DROP, this.device.place, this.ref);
      this.#release();
      return;
    }
    const world = this.device.world;
    this.#queue.push(packet);
    this.#release();
    if (world.tap !== null && this.#queue.tail === packet)
      world.tap.record(this.device.place, packet, Verdict.queued, this.ref);
  }

  reset(): void {
    this.#timer.cancel();
    for (let packet = this.#queue.shift(); packet !== null; packet = this.#queue.shift())
      this.device.world.end(packet, Verdict.QDISC_DROP, this.device.place, this.ref);
    this.#checked = this.device.world.now;
    this.#tokens = this.buffer;
  }

  destroy(): void {
    this.reset();
    this.device.world.forget(this);
  }

  #timeOf(length: number): Nanos {
    return Math.floor((length * 1_000_000_000) / this.rate);
  }

  #release(): void {
    const world = this.device.world;
    for (let packet = this.#queue.head; packet !== null; packet = this.#queue.head) {
      const tokens = Math.min(this.buffer, this.#tokens + Math.min(world.now - this.#checked, this.buffer));
      const left = tokens - this.#timeOf(packet.length);
      if (left < 0) {
        this.stats.overlimits++;
        this.#timer.arm(-left);
        return;
      }
      this.#checked = world.now;
      this.#tokens = left;
      this.#queue.shift();
      this.stats.packets++;
      this.stats.bytes += packet.length;
      this.device.send(packet);
    }
  }
}
