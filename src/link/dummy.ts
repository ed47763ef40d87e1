import type { DeviceDriver } from "../net/device-driver.ts";
import { type DeviceOptions, DeviceSpec, NOARP } from "../net/device-spec.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";

/** A device that takes every frame and passes none on: for addresses that belong to no wire (drivers/net/dummy.c). */
class Dummy implements DeviceDriver {
  readonly kind = "dummy";
  readonly minMtu = 0;
  readonly maxMtu = 0;

  transmit(device: NetDevice, packet: Packet): void {
    device.counters.transmitted(packet.length, null);
    device.drop(packet, Verdict.DUMMY);
  }

  changed(): void {}

  link(): null {
    return null;
  }
}

const driver = new Dummy();

/** `ip link add NAME type dummy`. Its MTU has no bounds. @throws {KernelError} EEXIST */
export function addDummy(ns: NetworkNamespace, name: string, options: DeviceOptions = {}): NetDevice {
  const device = ns.addDevice(name, driver, new DeviceSpec(options, NOARP));
  device.multicast = false;
  return device;
}
