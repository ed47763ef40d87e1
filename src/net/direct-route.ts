import type { NetDevice } from "./net-device.ts";
import { Route } from "./route.ts";
import { kernelKind, RouteTable, Scope } from "./route-kind.ts";

const kinds = {
  unicast: kernelKind("unicast", RouteTable.main, Scope.link),
  broadcast: kernelKind("broadcast", RouteTable.main, Scope.link),
  multicast: kernelKind("multicast", RouteTable.main, Scope.link),
} as const;

/**
 * A way that stands in no table: straight out of a device, to a neighbour, to all, or to a group. The kernel builds
 * these for the limited broadcast address, for groups, and for senders that insist on a device (ip_route_output_key,
 * "routing tables are wrong"). One of each kind for a device; they are made at their first use.
 */
export function directRoute(device: NetDevice, type: "unicast" | "broadcast" | "multicast"): Route {
  const ways = device.ipv4.directRoutes;
  for (const way of ways) if (way.type === type) return way;
  const way = new Route(device.ref, kinds[type], 0, type === "unicast" ? 0 : 32, device, 0, 0);
  device.ipv4.directRoutes = [...ways, way];
  return way;
}
