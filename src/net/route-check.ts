import * as ip from "../wire/ipv4-address.ts";
import { addressType, isLocal } from "./address-type.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route, RouteSpec } from "./route.ts";
import { RouteTable, type RouteType, Scope } from "./route-kind.ts";

/** The widest scope that a route of a type may have (fib_props); all others may be global. */
const leastScope: Partial<Record<RouteType, Scope>> = {
  local: Scope.host,
  broadcast: Scope.link,
  anycast: Scope.link,
};
const refusing: readonly RouteType[] = ["blackhole", "unreachable", "prohibit", "throw"];

/**
 * Checks a route as the kernel does before it enters a table, and completes it with the device that its gateway is
 * behind (net/ipv4/fib_semantics.c: fib_create_info, fib_check_nh).
 * @throws {KernelError} EINVAL, ENODEV, ENETDOWN, ENETUNREACH with the kernel's words.
 */
export function checkRoute(ns: NetworkNamespace, spec: RouteSpec): RouteSpec {
  if (ip.network(spec.dst, spec.prefixLength) !== spec.dst)
    throw new KernelError("EINVAL", "Invalid prefix for given prefix length");
  if ((leastScope[spec.type] ?? Scope.global) > spec.scope || spec.scope > Scope.host)
    throw new KernelError("EINVAL", "Invalid scope");
  const checked = refusing.includes(spec.type) ? checkRefusing(spec) : checkNexthop(ns, spec);
  const ownAddress = spec.type === "local" && spec.dst !== 0 && spec.prefSource === spec.dst;
  if (spec.prefSource !== 0 && !ownAddress && !isLocal(ns, spec.prefSource))
    throw new KernelError("EINVAL", "Invalid prefsrc address");
  return checked;
}

function checkRefusing(spec: RouteSpec): RouteSpec {
  if (spec.gateway !== 0 || spec.device !== null)
    throw new KernelError("EINVAL", "Gateway, device and multipath can not be specified for this route type");
  return spec;
}

function checkNexthop(ns: NetworkNamespace, spec: RouteSpec): RouteSpec {
  const device = spec.device;
  if (spec.scope === Scope.host) {
    if (spec.gateway !== 0) throw new KernelError("EINVAL", "Route with host scope can not have a gateway");
    if (device === null) throw new KernelError("ENODEV");
    return spec;
  }
  if (spec.gateway !== 0)
    return { ...spec, device: spec.onlink ? onlink(ns, spec) : behindGateway(ns, spec) };
  if (spec.onlink)
    throw new KernelError("EINVAL", "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
  if (device === null) throw new KernelError("ENODEV");
  if (!device.up) throw new KernelError("ENETDOWN", "Device for nexthop is not up");
  return spec;
}

/** The gateway is taken to be on the link, whatever the tables say. */
function onlink(ns: NetworkNamespace, spec: RouteSpec): NetDevice {
  if (spec.scope >= Scope.link) throw new KernelError("EINVAL", "Nexthop has invalid scope");
  if (spec.device === null) throw new KernelError("ENODEV", "Nexthop device required for onlink");
  if (!spec.device.up) throw new KernelError("ENETDOWN", "Nexthop device is not up");
  if (addressType(ns, spec.gateway) !== "unicast")
    throw new KernelError("EINVAL", "Nexthop has invalid gateway");
  return spec.device;
}

/** The gateway must be reachable without a gateway: by a route of a nearer scope. */
function behindGateway(ns: NetworkNamespace, spec: RouteSpec): NetDevice {
  const scope = Math.max(spec.scope + 1, Scope.link);
  const tables = ns.fib.tablesOfRules;
  // A table other than main is asked before the rules are.
  const own = spec.table === RouteTable.main ? [] : [spec.table];
  for (const table of [...own, ...tables]) {
    const way = nearest(ns.fib.tableAt(table)?.containing(spec.gateway) ?? [], scope, spec.device);
    if (way === null || way.type === "throw") continue;
    if ((way.type !== "unicast" && way.type !== "local") || way.device === null)
      throw new KernelError("EINVAL", "Nexthop has invalid gateway");
    if (!way.device.up) throw new KernelError("ENETDOWN");
    return way.device;
  }
  throw new KernelError("ENETUNREACH", "Nexthop has invalid gateway");
}

/** The longest prefix among routes of at least that scope, out of the device if one is given. */
function nearest(routes: readonly Route[], scope: Scope, device: NetDevice | null): Route | null {
  let best: Route | null = null;
  for (const route of routes) {
    if (route.scope < scope) continue;
    if (device !== null && route.device !== null && route.device !== device) continue;
    if (best === null || route.prefixLength > best.prefixLength) best = route;
  }
  return best;
}
