import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as vxlanHeader from "../wire/vxlan.ts";
import type { Vxlan } from "./vxlan.ts";
import { DEFAULT_AGEING, type VxlanConfig } from "./vxlan-config.ts";

/** What stands for ever once a device is made, whether a change names the same value or not; in the kernel's order. */
const fixed: readonly (readonly [keyof VxlanConfig, string])[] = [
  ["ttlInherit", "vxlan: cannot change TTL_INHERIT flag"],
  ["proxy", "vxlan: cannot change PROXY flag"],
  ["rsc", "vxlan: cannot change RSC flag"],
  ["l2miss", "vxlan: cannot change L2MISS flag"],
  ["l3miss", "vxlan: cannot change L3MISS flag"],
  ["maxAddress", "Cannot change limit"],
  ["sourcePortFirst", "Cannot change port range"],
  ["dstPort", "Cannot change port"],
  ["udpCsum", "Cannot change UDP_CSUM flag"],
];

/**
 * Applies `ip link set DEVICE type vxlan ...` (vxlan_changelink). Only what `changes` names is changed.
 * @throws {KernelError} with the kernel's words
 */
export function changeVxlan(vxlan: Vxlan, changes: Partial<VxlanConfig>): void {
  const before = vxlan.config;
  if (changes.vni !== undefined && changes.vni !== before.vni)
    throw new KernelError("EOPNOTSUPP", "Cannot change VNI");
  for (const [option, words] of fixed)
    if (changes[option] !== undefined) throw new KernelError("EOPNOTSUPP", words);
  const ageing = changes.ageing === undefined ? before.ageing : changes.ageing || DEFAULT_AGEING;
  const after: VxlanConfig = { ...before, ...changes, ageing };
  if (ip.isMulticast(after.local)) throw new KernelError("EINVAL", "Local address cannot be multicast");
  if (after.lower === null && ip.isMulticast(after.remote))
    throw new KernelError("EINVAL", "Local interface required for multicast remote destination");
  vxlan.reconfigure(after);
  if (after.lower !== null) shrink(vxlan.device, after.lower.mtu - vxlanHeader.OVERHEAD);
}

/** The MTU follows the room on the device below downwards only. */
function shrink(device: NetDevice, room: number): void {
  if (device.mtu > room) device.setMtu(Math.max(room, device.minMtu));
}
