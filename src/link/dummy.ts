import type { DeviceDriver } from "../net/device-driver.ts";
import type { DeviceOptions, NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { randomMac } from "../net/random-mac.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";

/** A device that takes every frame and passes none on: for addresses that belong to no wire (drivers/net/dummy.c). */
class Dummy implements DeviceDriver {
  readonly kind = "dummy";

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

/** What `ip link add` may say of the device. */
interface DummyOptions extends Pick<DeviceOptions, "mtu" | "mac" | "txQueueLength"> {
  /** 0 or nothing: the next free one. */
  readonly ifindex?: number;
}

/** `ip link add NAME type dummy`. Its MTU has no bounds. @throws {KernelError} EEXIST */
export function addDummy(ns: NetworkNamespace, name: string, options: DummyOptions = {}): NetDevice {
  const { ifindex = 0, ...rest } = options;
  const mac = rest.mac ?? randomMac(ns.world, `${ns.path}/${name}`);
  return ns.addDevice(name, driver, { ...rest, mac, minMtu: 0, maxMtu: 0, noarp: true }, ifindex);
}
