import type { Packet } from "../sim/packet.ts";
import * as ethernet from "../wire/ethernet.ts";
import type { DeviceDriver } from "./device-driver.ts";
import type { NetDevice } from "./net-device.ts";

/** `lo`: what is sent comes in again (drivers/net/loopback.c). Every namespace is born with one, down. */
export class Loopback implements DeviceDriver {
  readonly kind = "loopback";
  readonly netnsImmutable = true;

  transmit(device: NetDevice, packet: Packet): void {
    // Counted when eth_type_trans has taken the header off.
    const bytes = packet.length - ethernet.HEADER_LEN;
    device.counters.transmitted(bytes, null);
    device.counters.received(bytes, device.world.leg);
    device.backlog(packet);
  }

  changed(): void {}

  link(): null {
    return null;
  }
}
