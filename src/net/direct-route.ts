import { Scope } from "./inet-device.ts";
import type { NetDevice } from "./net-device.ts";
import { Route, RouteTable, type RouteType } from "./route.ts";

/**
 * A way that stands in no table: straight out of a device, to a neighbour, to all, or to a group. The kernel builds
 * these for the limited broadcast address, for groups, and for senders that insist on a device (ip_route_output_key,
 * "routing tables are wrong"). One of each kind for a device; they are made at their first use.
 */
export function directRoute(device: NetDevice, type: "unicast" | "broadcast" | "multicast"): Route {
  const ways = device.ipv4.directRoutes;
  for (const way of ways) if (way.type === type) return way;
  const way = new Route(specOf(device, type), device.ref);
  device.ipv4.directRoutes = [...ways, way];
  return way;
}

function specOf(device: NetDevice, type: RouteType): ConstructorParameters<typeof Route>[0] {
  return {
    dst: 0,
    prefixLength: type === "unicast" ? 0 : 32,
    type,
    table: RouteTable.main,
    scope: Scope.link,
    protocol: "kernel",
    metric: 0,
    tos: 0,
    device,
    gateway: 0,
    prefSource: 0,
    mtu: 0,
    onlink: false,
  };
}
