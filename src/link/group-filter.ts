import type { NetDevice } from "../net/net-device.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";

/**
 * Whether a device on top of another one hears a frame to that group: broadcasts, the group of all systems, those that
 * somebody joined on it, or all when asked to (macvlan_set_mac_lists, ipvlan_set_multicast_mac_filter). Linux looks at a
 * hash of the address; two groups of one hash, of which it then lets both in, are told apart here.
 */
export function hearsGroup(device: NetDevice, hi: number, lo: number): boolean {
  if (mac.isBroadcast(hi, lo) || device.promiscuity > 0 || device.allmulti > 0) return true;
  if (lo === mac.multicastLo(ip.ALL_SYSTEMS)) return true;
  for (const group of device.ipv4.groups.keys()) if (mac.multicastLo(group) === lo) return true;
  return false;
}
