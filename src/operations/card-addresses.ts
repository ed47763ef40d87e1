import { bridgeOf } from "../bridge/add-bridge.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { notesOf } from "./device-notes.ts";

/** The IPv6 group of all nodes, which every card listens to whether IPv6 is disabled or not. */
const ALL_NODES = "33:33:00:00:00:01";
/** Where a bridge that snoops hears of multicast routers (RFC 4286): 224.0.0.106 and ff02::6a. */
const ALL_SNOOPERS = 0xe000006a | 0;
const ALL_SNOOPERS6 = "33:33:00:00:00:6a";

/** True for a bridge that is up and snoops, so that it is in the groups of all snoopers. */
export function snoops(device: NetDevice): boolean {
  return device.up && bridgeOf(device)?.mcastSnooping === true;
}

/** The IPv4 groups that a device is in, oldest first; every one that is up hears 224.0.0.1. */
export function ipv4Groups(device: NetDevice): readonly number[] {
  if (!device.up) return [...device.ipv4.groups.keys()];
  return [...(snoops(device) ? [ALL_SNOOPERS] : []), ip.ALL_SYSTEMS, ...device.ipv4.groups.keys()];
}

/** The groups that a card listens to, oldest first (struct net_device, mc). `lo` has none. */
export function cardGroups(device: NetDevice): readonly string[] {
  if (device.loopback) return [];
  const groups = ipv4Groups(device).flatMap((group) => {
    const text = mac.format(mac.IPV4_MULTICAST_HI, mac.multicastLo(group));
    return group === ALL_SNOOPERS ? [text, ALL_SNOOPERS6] : [text];
  });
  return [...new Set([ALL_NODES, ...groups, ...notesOf(device).multicast])];
}
