import { type DeviceOptions, DeviceSpec } from "../net/device-spec.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as vxlanHeader from "../wire/vxlan.ts";
import { Vxlan } from "./vxlan.ts";
import { configOf, type VxlanConfig, type VxlanOptions } from "./vxlan-config.ts";
import { VxlanNet } from "./vxlan-socket.ts";

/** The least MTU of an Ethernet device (ETH_MIN_MTU). */
const MIN_MTU = 68;

/** What `ip link add` may say besides the VTEP's own options. */
interface LinkOptions extends DeviceOptions {
  /** Where the device is to be, when not in the namespace of the outer packets (`ip link add ... netns`). */
  readonly target?: NetworkNamespace;
}

/**
 * Makes a VTEP (`ip link add NAME type vxlan`). Outer packets are those of `ns`, wherever the device moves.
 * @throws {KernelError} with the kernel's words for options that do not go together, or are taken.
 */
export function addVxlan(
  ns: NetworkNamespace,
  name: string,
  options: VxlanOptions,
  link: LinkOptions = {},
): NetDevice {
  const config = configOf(options);
  validate(ns, config);
  const { target = ns, ...common } = link;
  const vxlan = new Vxlan(ns, config);
  const mtu = initialMtu(config, common.mtu ?? 0);
  const made = target.addDevice(name, vxlan, new DeviceSpec({ ...common, mtu }));
  vxlan.attach(made);
  return made;
}

/** The VTEP behind a device, or null. */
export function vxlanOf(device: NetDevice): Vxlan | null {
  return device.driver instanceof Vxlan ? device.driver : null;
}

/** Room for the headers is left below the device's own MTU; a larger wish is cut to that. */
function initialMtu(config: VxlanConfig, wanted: number): number {
  if (config.lower === null) return wanted === 0 ? 1500 : wanted;
  const room = Math.max(config.lower.mtu - vxlanHeader.OVERHEAD, MIN_MTU);
  return wanted === 0 ? room : Math.min(wanted, room);
}

/** vxlan_validate and vxlan_config_validate, in the kernel's order. */
function validate(ns: NetworkNamespace, config: VxlanConfig): void {
  if (config.vni < 0 || config.vni > vxlanHeader.VNI_MAX)
    throw new KernelError("ERANGE", "VXLAN ID must be lower than 16777216");
  if (config.sourcePortLast < config.sourcePortFirst)
    throw new KernelError("EINVAL", "Invalid source port range");
  if (ip.isMulticast(config.local)) throw new KernelError("EINVAL", "Local address cannot be multicast");
  if (config.lower === null && ip.isMulticast(config.remote))
    throw new KernelError("EINVAL", "Local interface required for multicast remote destination");
  for (const other of VxlanNet.of(ns).vteps) {
    if (other.config.vni === config.vni && other.config.dstPort === config.dstPort)
      throw new KernelError("EEXIST", "A VXLAN device with the specified VNI already exists");
  }
}
