import { KernelError } from "../net/kernel-error.ts";
import { Note } from "../sim/note.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { addLocal, deleteByPort, deleteLocal } from "./learning.ts";
import { noteVlans } from "./port-memory.ts";
import { MAX_VLAN } from "./vlan-group.ts";

/**
 * `bridge vlan add vid VID dev DEV`: puts a port, or with `port` null the bridge's own device (`self`), into a VLAN.
 * @throws {KernelError} EINVAL outside 1 to 4094; EOPNOTSUPP in a kernel without VLAN filtering.
 */
export function addVlan(
  bridge: Bridge,
  port: BridgePort | null,
  vid: number,
  pvid: boolean,
  untagged: boolean,
): void {
  checkVid(vid);
  checkKernel(bridge);
  (port ?? bridge).vlans.set(vid, pvid, untagged);
  noteVlans(bridge, port);
  const device = (port ?? bridge).device;
  addLocal(bridge, port, device.macHi, device.macLo, vid);
  bridge.world.generation++;
}

/** `bridge vlan del`. One that is not there is no mistake. @throws {KernelError} EINVAL outside 1 to 4094 */
export function deleteVlan(bridge: Bridge, port: BridgePort | null, vid: number): void {
  checkVid(vid);
  const { vlans, device } = port ?? bridge;
  if (!vlans.has(vid)) return;
  vlans.delete(vid);
  noteVlans(bridge, port);
  deleteLocal(bridge, port, device.macHi, device.macLo, vid);
  deleteByPort(bridge, port, vid, false);
  bridge.world.generation++;
}

/** `vlan_filtering 0|1`. Tables stay as they are. @throws {KernelError} EOPNOTSUPP */
export function setVlanFiltering(bridge: Bridge, on: boolean): void {
  checkKernel(bridge);
  bridge.vlanFiltering = on;
  const { device, world } = bridge;
  world.registry.changed(device.ref, new Note(`vlan_filtering ${Number(on)}`));
  world.generation++;
}

/**
 * `vlan_default_pvid`: new ports get this VLAN; it also replaces the old default one where nobody changed that. 0: none.
 * @throws {KernelError} EINVAL above 4094
 */
export function setDefaultPvid(bridge: Bridge, vid: number): void {
  if (!bridge.device.ns.host.kernel.bridgeVlanFiltering) return; // such a kernel does not know the attribute
  checkDefaultPvid(vid);
  const old = bridge.defaultPvid;
  if (vid === old) return;
  bridge.defaultPvid = vid;
  for (const port of [null, ...[...bridge.ports].reverse()]) {
    const { vlans } = port ?? bridge;
    if (vid === 0) {
      if (vlans.isDefault(old)) deleteVlan(bridge, port, old);
    } else if ((old === 0 || vlans.isDefault(old)) && !vlans.has(vid)) {
      addVlan(bridge, port, vid, true, true);
      if (old !== 0) deleteVlan(bridge, port, old);
    }
  }
}

/** @throws {KernelError} EINVAL above 4094 */
export function checkDefaultPvid(vid: number): void {
  if (vid < 0 || vid > MAX_VLAN) throw new KernelError("EINVAL");
}

/** @throws {KernelError} EINVAL outside 1 to 4094 */
export function checkVid(vid: number): void {
  if (vid < 1 || vid > MAX_VLAN) throw new KernelError("EINVAL", "bridge: Vlan id is invalid");
}

function checkKernel(bridge: Bridge): void {
  if (!bridge.device.ns.host.kernel.bridgeVlanFiltering) throw new KernelError("EOPNOTSUPP");
}
