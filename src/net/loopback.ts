import type { Packet } from "../sim/packet.ts";
import type { DeviceDriver } from "./device-driver.ts";
import type { NetDevice } from "./net-device.ts";

/** `lo`: what is sent comes in again (drivers/net/loopback.c). Every namespace is born with one, down. */
export class Loopback implements DeviceDriver {
  readonly kind = "loopback";
  readonly netnsImmutable = true;

  transmit(device: NetDevice, packet: Packet): void {
    device.counters.transmitted(packet.length, null);
    device.arrive(packet);
  }

  changed(): void {}

  link(): null {
    return null;
  }
}
