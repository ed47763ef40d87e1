import { bridgeOf } from "../bridge/add-bridge.ts";
import { Macvlan } from "../link/macvlan.ts";
import { MacvlanPort } from "../link/macvlan-port.ts";
import { solicitedNodeMac, speaksIpv6 } from "../net/link-local.ts";
import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { notesOf } from "./device-notes.ts";

/** The IPv6 group of all nodes, which every card listens to whether IPv6 is disabled or not. */
const ALL_NODES = "33:33:00:00:00:01";
/** Where switches tell of their VLANs (IEEE 802.1ak). */
const MVRP = "01:80:c2:00:00:21";
/** The group of all snoopers of IPv6: ff02::6a. */
const ALL_SNOOPERS6 = "33:33:00:00:00:6a";

/** True for a bridge that is up and snoops, so that it is in the groups of all snoopers. */
export function snoops(device: NetDevice): boolean {
  return device.up && bridgeOf(device)?.mcastSnooping === true;
}

/** The IPv4 groups that a device is in, oldest first; every one that is up hears 224.0.0.1. */
export function ipv4Groups(device: NetDevice): readonly number[] {
  const joined = [...device.ipv4.groups.keys()];
  if (!device.up) return joined;
  // What a bridge joins for itself it joins before it is said to be up.
  const snoopers = joined.filter((group) => group === ip.ALL_SNOOPERS);
  const others = joined.filter((group) => group !== ip.ALL_SNOOPERS);
  return [...snoopers, ip.ALL_SYSTEMS, ...others];
}

/** A group that a card listens to, and how many wish it to. */
export interface CardGroup {
  readonly address: string;
  readonly users: number;
}

/**
 * The groups that a card listens to, oldest first (struct net_device, mc). `lo` has none. What a macvlan that is up
 * listens to its lower device has to hear as well: a user more on both (dev_mc_sync).
 */
export function cardGroups(device: NetDevice): readonly CardGroup[] {
  const passesOn = device.driver instanceof Macvlan && device.up;
  const users = new Map(ownGroups(device).map((address) => [address, passesOn ? 2 : 1]));
  const port = device.rxHandler;
  for (const macvlan of port instanceof MacvlanPort ? port.macvlans : []) {
    if (!macvlan.device.up) continue;
    for (const address of ownGroups(macvlan.device)) users.set(address, (users.get(address) ?? 0) + 1);
  }
  return [...users].map(([address, count]) => ({ address, users: count }));
}

function ownGroups(device: NetDevice): readonly string[] {
  return device.loopback ? [] : [...new Set([...kernelGroups(device), ...notesOf(device).multicast])];
}

/** The groups that the kernel joins for a device, in the order in which it does when the device goes up. */
export function kernelGroups(device: NetDevice): readonly string[] {
  const groups = speaksIpv6(device) ? [ALL_NODES] : [];
  for (const group of ipv4Groups(device)) {
    groups.push(mac.format(mac.IPV4_MULTICAST_HI, mac.multicastLo(group)));
    if (group === ip.ALL_SNOOPERS) groups.push(ALL_SNOOPERS6);
    // The device has its link-local address once it runs; what programs join comes later.
    if (group === ip.ALL_SYSTEMS && device.linkLocal !== null)
      groups.push(solicitedNodeMac(device.linkLocal));
  }
  // Who has VLANs hears of others' (net/802/mrp.c).
  if (device.vlans !== null) groups.push(MVRP);
  return groups;
}
