import * as ip from "../wire/ipv4-address.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { RouteTable, type RouteType } from "./route-kind.ts";

/** What kind of address this is for a namespace, by its table `local` (inet_addr_type). */
export function addressType(ns: NetworkNamespace, address: number): RouteType {
  if (address === 0 || address === ip.BROADCAST) return "broadcast";
  if (ip.isMulticast(address)) return "multicast";
  const route = ns.fib.table(RouteTable.local).lookup(address, 0, 0);
  return route === null ? "unicast" : route.type;
}

export function isLocal(ns: NetworkNamespace, address: number): boolean {
  return addressType(ns, address) === "local";
}
