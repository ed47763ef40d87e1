import { type DeviceOptions, DeviceSpec } from "../net/device-spec.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { Bridge } from "./bridge.ts";
import { BridgePort } from "./bridge-port.ts";
import { setDefaultPvid } from "./vlan-commands.ts";

/** `ip link add NAME type bridge`: a bridge without ports, down. @throws {KernelError} EEXIST */
export function addBridge(ns: NetworkNamespace, name: string, options: DeviceOptions = {}): Bridge {
  const bridge = new Bridge(ns.world);
  const device = ns.addDevice(name, bridge, new DeviceSpec(options));
  const { kernel } = ns.host;
  for (const hook of kernel.bridgeHooks) hook(device);
  bridge.attach(device, options.mac !== undefined);
  if (kernel.bridgeVlanFiltering) setDefaultPvid(bridge, 1);
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
