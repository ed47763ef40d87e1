import type { EntryRef } from "../sim/registry.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";

/** The flags of a port that are on or off, by the names of {@link BridgePort}'s fields. */
export type PortFlag =
  | "learning"
  | "flood"
  | "mcastFlood"
  | "bcastFlood"
  | "hairpin"
  | "isolated"
  | "neighSuppress"
  | "proxyArp"
  | "proxyArpWifi"
  | "guard"
  | "rootBlock"
  | "fastLeave"
  | "mcastToUnicast"
  | "vlanTunnel"
  | "locked";

/** What somebody sets of a port; see {@link noteSetting}. */
export type PortSetting = PortFlag | "state";

/** Remembers who set something of a port, in the words of `bridge -d link`, for frames that end by it. */
export function noteSetting(port: BridgePort, setting: PortSetting, value: string): void {
  const { registry } = port.device.world;
  const word = setting.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const text = `${port.device.name} ${word} ${value}`;
  port.settings ??= new Map();
  const ref = port.settings.get(setting);
  if (ref === undefined) port.settings.set(setting, registry.made("port", where(port.bridge), text));
  else registry.changed(ref, text);
}

/** The kernel itself decides from now on: what somebody set is gone. */
export function forgetSetting(port: BridgePort, setting: PortSetting): void {
  const ref = port.settings?.get(setting);
  if (ref === undefined) return;
  port.device.world.registry.gone(ref);
  port.settings!.delete(setting);
}

/** The device is no port any more: nothing that was set of it is left. */
export function forgetAll(port: BridgePort): void {
  const { registry } = port.device.world;
  for (const ref of port.settings?.values() ?? []) registry.gone(ref);
  registry.gone(port.vlans.ref);
  port.settings = null;
}

/** Who set that of a port; while nobody did, `otherwise`: the device that it follows from. */
export function whoSet(port: BridgePort, setting: PortSetting, otherwise: EntryRef): EntryRef {
  return port.settings?.get(setting) ?? otherwise;
}

/** Remembers who changed the VLANs of a port, or of the bridge's own device (`port` null), last. */
export function noteVlans(bridge: Bridge, port: BridgePort | null): void {
  const { device, vlans } = port ?? bridge;
  if (vlans.ref === 0 && vlans.isOnlyDefault(bridge.defaultPvid)) return;
  const { registry } = bridge.world;
  const list = vlans.memberships.map(
    ({ vid, pvid, untagged }) => `${vid}${pvid ? " PVID" : ""}${untagged ? " Egress Untagged" : ""}`,
  );
  const text = `${device.name} vlan ${list.length === 0 ? "none" : list.join(", ")}`;
  if (vlans.ref === 0) vlans.ref = registry.made("port", where(bridge), text);
  else registry.changed(vlans.ref, text);
}

function where({ device }: Bridge): string {
  return `${device.ns.path}/${device.name}`;
}
