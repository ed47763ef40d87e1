import type { NetDevice } from "../net/net-device.ts";
import type { NetworkNamespace } from "../net/network-namespace.ts";
import { netnsId } from "./netns-ids.ts";
import type { Toolbox } from "./toolbox.ts";

/** Kinds that say nothing of their carrier until it changes: so long their state is UNKNOWN (RFC 2863). */
const SILENT: ReadonlySet<string> = new Set(["loopback", "vxlan", "dummy", "bridge", "ipvlan"]);

/** What was found when the carrier changed last: until it changes again nobody asks anew. */
const found: WeakMap<NetDevice, { readonly changes: number; readonly state: string }> = new WeakMap();

/** The operational state (RFC 2863; net/core/link_watch.c, default_operstate). */
export function operstate(device: NetDevice): string {
  const state = watchLink(device);
  return device.up ? state : "DOWN";
}

/**
 * Looks why a device has no carrier, as the kernel does soon after the carrier changed. To be called before a device
 * leaves its namespace, since afterwards the answer would be another one.
 */
export function watchLink(device: NetDevice): string {
  const changes = device.carrierChanges;
  if (device.carrier) return changes === 0 && SILENT.has(device.driver.kind) ? "UNKNOWN" : "UP";
  const known = found.get(device);
  if (known?.changes === changes) return known.state;
  const link = device.driver.link(device);
  // The kernel looks for the index in this device's own namespace, even when the other end is elsewhere.
  const lower = link === null ? null : device.ns.deviceByIndex(link.ifindex);
  const state = lower === null || lower === device || lower.carrier ? "DOWN" : "LOWERLAYERDOWN";
  found.set(device, { changes, state });
  return state;
}

/** Where the other end or the device below is, as `ip link` tells it. */
interface LinkPointer {
  readonly ifindex: number;
  /** Null when it is in another namespace. */
  readonly device: NetDevice | null;
  /** The number of its namespace, when that is another one. */
  readonly netnsid: number | null;
  readonly namespace: NetworkNamespace;
}

/** What the device's `@` points to, or null (rtnl_fill_link_netnsid). */
export function linkPointer(device: NetDevice, toolbox: Toolbox): LinkPointer | null {
  const link = device.driver.link(device);
  const namespace = toolbox.linkTypes.get(device.driver.kind)?.linkNamespace?.(device) ?? link?.ns ?? null;
  if (namespace === null) return null;
  if (namespace !== device.ns) {
    const netnsid = netnsId(device.ns, namespace);
    return { ifindex: (link ?? device).ifindex, device: null, netnsid, namespace };
  }
  return link === null ? null : { ifindex: link.ifindex, device: link, netnsid: null, namespace };
}

/** The name with what it points to: `eth0@if5`, `v0@v1`. */
export function nameWithLink(device: NetDevice, toolbox: Toolbox): string {
  const pointer = linkPointer(device, toolbox);
  if (pointer === null) return device.name;
  return `${device.name}@${pointer.device === null ? `if${pointer.ifindex}` : pointer.device.name}`;
}

/** The flags in the order in which iproute2 prints them. */
export function flagsOf(device: NetDevice, toolbox: Toolbox): string[] {
  const flags: string[] = [];
  const add = (condition: boolean, flag: string): void => {
    if (condition) flags.push(flag);
  };
  add(device.up && !device.carrier, "NO-CARRIER");
  add(device.loopback, "LOOPBACK");
  add(!device.loopback, "BROADCAST");
  add(device.multicast, "MULTICAST");
  add(device.noarp && !device.loopback, "NOARP");
  add(device.allmulticast, "ALLMULTI");
  add(device.promisc, "PROMISC");
  add(device.up, "UP");
  add(device.up && device.carrier, "LOWER_UP");
  const lower = linkPointer(device, toolbox)?.device ?? null;
  add(lower !== null && !lower.up, "M-DOWN");
  return flags;
}

/** The name of a group: only 0 has one. */
export function groupName(group: number): string {
  return group === 0 ? "default" : `${group}`;
}

/** How many queues `ip -d` shows: a veth has one for each processor. */
export function queueCount(device: NetDevice): number {
  return device.driver.kind === "veth" ? (device.ns.host.cpus?.length ?? 1) : 1;
}
