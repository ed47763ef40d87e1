import type { Packet } from "../../sim/packet.ts";
import type { EntryRef } from "../../sim/registry.ts";
import type { Qdisc } from "../device-driver.ts";
import type { NetDevice } from "../net-device.ts";
import { QdiscStats } from "./qdisc-stats.ts";

export interface NoqueueSettings {
  readonly kind: "noqueue";
}

/** No queue at all, asked for by name: so it has a handle, but counts nothing. */
export class Noqueue implements Qdisc {
  readonly kind = "noqueue";
  readonly device: NetDevice;
  readonly handle: number;
  readonly ref: EntryRef;
  readonly stats: QdiscStats = new QdiscStats();
  readonly length = 0;
  readonly bytes = 0;

  constructor(device: NetDevice, handle: number, ref: EntryRef) {
    this.device = device;
    this.handle = handle;
    this.ref = ref;
  }

  enqueue(packet: Packet): void {
    this.device.send(packet);
  }

  reset(): void {}

  destroy(): void {}
}
