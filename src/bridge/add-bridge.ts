import type { DeviceOptions, NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { randomMac } from "../net/random-mac.ts";
import { Bridge } from "./bridge.ts";
import { BridgePort } from "./bridge-port.ts";
import { setDefaultPvid } from "./vlan-commands.ts";

/** What `ip link add` may say of the device itself. */
interface BridgeDeviceOptions extends Pick<DeviceOptions, "mtu" | "mac" | "txQueueLength"> {
  /** 0 or nothing: the next free one. */
  readonly ifindex?: number;
}

/** `ip link add NAME type bridge`: a bridge without ports, down. @throws {KernelError} EEXIST */
export function addBridge(ns: NetworkNamespace, name: string, options: BridgeDeviceOptions = {}): Bridge {
  const { ifindex = 0, ...rest } = options;
  const bridge = new Bridge(ns.world);
  const mac = rest.mac ?? randomMac(ns.world, `${ns.path}/${name}`);
  const device = ns.addDevice(name, bridge, { ...rest, mac, minMtu: 68, maxMtu: 65535 }, ifindex);
  bridge.attach(device, rest.mac !== undefined);
  if (ns.host.kernel.bridgeVlanFiltering) setDefaultPvid(bridge, 1);
  return bridge;
}

/** The bridge whose own device that is, or null. */
export function bridgeOf(device: NetDevice): Bridge | null {
  return device.driver instanceof Bridge ? device.driver : null;
}

/** The port that a device is, or null. */
export function portOf(device: NetDevice): BridgePort | null {
  return device.rxHandler instanceof BridgePort ? device.rxHandler : null;
}
