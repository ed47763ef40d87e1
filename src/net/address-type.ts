import * as ip from "../wire/ipv4-address.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { RouteTable, type RouteType } from "./route-kind.ts";

/**
 * What kind of address this is for a namespace, by its table `local` (inet_addr_type). With a device only what is on that
 * one counts: an address of another device is as good as any other host's (inet_dev_addr_type).
 */
export function addressType(
  ns: NetworkNamespace,
  address: number,
  device: NetDevice | null = null,
): RouteType {
  if (address === 0 || address === ip.BROADCAST) return "broadcast";
  if (ip.isMulticast(address)) return "multicast";
  const route = ns.fib.table(RouteTable.local).lookup(address, 0, 0);
  return route === null || (device !== null && route.device !== device) ? "unicast" : route.type;
}

export function isLocal(ns: NetworkNamespace, address: number): boolean {
  return addressType(ns, address) === "local";
}
