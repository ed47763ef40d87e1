import type { Packet } from "../../sim/packet.ts";
import type { EntryRef } from "../../sim/registry.ts";
import { Verdict } from "../../sim/verdict.ts";
import * as ethernet from "../../wire/ethernet.ts";
import type { Qdisc } from "../device-driver.ts";
import type { NetDevice } from "../net-device.ts";
import { QdiscStats } from "./qdisc-stats.ts";

/** `pfifo` counts its limit in frames, `bfifo` in bytes. A null limit: as long as the device says. */
export interface FifoSettings {
  readonly kind: "pfifo" | "bfifo";
  readonly limit: number | null;
}

/**
 * First in, first out. The devices here take a frame at any time, so nothing ever waits in it: it counts, and
 * refuses what its limit does not allow at all.   Linux: net/sched/sch_fifo.c.
 */
export class Fifo implements Qdisc {
  readonly kind: "pfifo" | "bfifo";
  readonly device: NetDevice;
  readonly handle: number;
  readonly ref: EntryRef;
  readonly stats: QdiscStats = new QdiscStats();
  readonly length = 0;
  readonly bytes = 0;
  limit: number;

  constructor(device: NetDevice, handle: number, ref: EntryRef, settings: FifoSettings) {
    this.kind = settings.kind;
    this.device = device;
    this.handle = handle;
    this.ref = ref;
    const length = Math.max(1, device.txQueueLength);
    this.limit = settings.limit ?? (settings.kind === "pfifo" ? length : length * frameLength(device));
  }

  change(settings: FifoSettings): void {
    if (settings.limit !== null) this.limit = settings.limit;
  }

  enqueue(packet: Packet): void {
    if (this.limit < (this.kind === "pfifo" ? 1 : packet.length)) {
      this.stats.drops++;
      this.device.world.end(packet, Verdict.QDISC_DROP, this.device.place, this.ref);
      return;
    }
    this.stats.packets++;
    this.stats.bytes += packet.length;
    this.device.send(packet);
  }

  reset(): void {}

  destroy(): void {}
}

/** The longest frame (psched_mtu). */
function frameLength(device: NetDevice): number {
  return device.mtu + ethernet.HEADER_LEN;
}
