import * as ip from "../wire/ipv4-address.ts";
import { addressType } from "./address-type.ts";
import { Scope } from "./inet-device.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { type Route, type RouteSpec, RouteTable, type RouteType } from "./route.ts";

/** What is to happen when a route of the same prefix, ToS and metric is there (the flags of RTM_NEWROUTE). */
export type RouteVerb = "add" | "replace" | "change" | "append" | "prepend" | "test";

/** The least scope that a route of each type may have (fib_props). */
const leastScope: Readonly<Record<RouteType, Scope>> = {
  unicast: Scope.global,
  local: Scope.host,
  broadcast: Scope.link,
  multicast: Scope.global,
  anycast: Scope.link,
  blackhole: Scope.global,
  unreachable: Scope.global,
  prohibit: Scope.global,
  throw: Scope.global,
};
const WITHOUT_DEVICE: readonly RouteType[] = ["blackhole", "unreachable", "prohibit", "throw"];

/**
 * Adds a route as an administrator does (fib_table_insert, fib_create_info). The device may be left to the gateway.
 * @throws {KernelError} with the kernel's words
 */
export function changeRoute(ns: NetworkNamespace, verb: RouteVerb, asked: RouteSpec): void {
  if (ip.network(asked.dst, asked.prefixLength) !== asked.dst)
    throw new KernelError("EINVAL", "Invalid prefix for given prefix length");
  const spec = checked(ns, asked);
  const there = (ns.fib.tables.get(spec.table)?.of(spec.dst, spec.prefixLength) ?? []).filter(
    (route) => route.tos === spec.tos && route.metric === spec.metric,
  );
  const first = there[0];
  if (first === undefined) {
    if (verb === "change" || verb === "test") throw new KernelError("ENOENT");
    ns.fib.add(spec);
    return;
  }
  if (verb === "add" || verb === "test") throw new KernelError("EEXIST");
  const same = there.find((route) => isSame(route, spec));
  if (verb === "replace" || verb === "change") {
    if (same === first) return;
    if (same !== undefined) throw new KernelError("EEXIST");
    ns.fib.remove(first);
    ns.fib.add(spec, true);
    return;
  }
  if (same !== undefined) throw new KernelError("EEXIST");
  ns.fib.add(spec, verb === "prepend");
}

/** Which route is to go: null and 0 mean any, but for the ToS, which is asked exactly. */
export interface RouteMatch {
  readonly dst: number;
  readonly prefixLength: number;
  readonly table: number;
  readonly tos: number;
  readonly type: RouteType | null;
  readonly scope: Scope | null;
  readonly protocol: string | null;
  readonly metric: number;
  readonly device: NetDevice | null;
  readonly gateway: number;
  readonly prefSource: number;
  readonly mtu: number;
}

/** Takes away the first route that fits (fib_table_delete). @throws {KernelError} ESRCH when none does */
export function deleteRoute(ns: NetworkNamespace, match: RouteMatch): void {
  if (ip.network(match.dst, match.prefixLength) !== match.dst)
    throw new KernelError("EINVAL", "Invalid prefix for given prefix length");
  const table = ns.fib.tables.get(match.table);
  if (table === undefined) throw new KernelError("ESRCH", "FIB table does not exist");
  const found = table
    .of(match.dst, match.prefixLength)
    .find(
      (route) =>
        route.tos === match.tos &&
        (match.type === null || route.type === match.type) &&
        (match.scope === null || route.scope === match.scope) &&
        (match.protocol === null || route.protocol === match.protocol) &&
        (match.metric === 0 || route.metric === match.metric) &&
        (match.device === null || route.device === match.device) &&
        (match.gateway === 0 || route.gateway === match.gateway) &&
        (match.prefSource === 0 || route.prefSource === match.prefSource) &&
        (match.mtu === 0 || route.mtu === match.mtu),
    );
  if (found === undefined) throw new KernelError("ESRCH");
  ns.fib.remove(found);
}

function isSame(route: Route, spec: RouteSpec): boolean {
  return (
    route.type === spec.type &&
    route.scope === spec.scope &&
    route.protocol === spec.protocol &&
    route.device === spec.device &&
    route.gateway === spec.gateway &&
    route.prefSource === spec.prefSource &&
    route.mtu === spec.mtu &&
    route.mtuLocked === (spec.mtuLocked ?? false) &&
    route.advmss === (spec.advmss ?? 0) &&
    route.onlink === spec.onlink
  );
}

function checked(ns: NetworkNamespace, spec: RouteSpec): RouteSpec {
  if (spec.scope < leastScope[spec.type]) throw new KernelError("EINVAL", "Invalid scope");
  if (WITHOUT_DEVICE.includes(spec.type)) {
    if (spec.device !== null || spec.gateway !== 0)
      throw new KernelError(
        "EINVAL",
        "Gateway, device and multipath can not be specified for this route type",
      );
    return spec;
  }
  if (spec.scope > Scope.host) throw new KernelError("EINVAL", "Invalid scope");
  const device = nexthopDevice(ns, spec);
  const { prefSource } = spec;
  if (prefSource !== 0 && addressType(ns, prefSource) !== "local" && prefSource !== spec.dst)
    throw new KernelError("EINVAL", "Invalid prefsrc address");
  return { ...spec, device };
}

/** By which device packets for the route leave (fib_check_nh). */
function nexthopDevice(ns: NetworkNamespace, spec: RouteSpec): NetDevice {
  const { device, gateway, scope } = spec;
  if (scope >= Scope.host) {
    if (gateway !== 0) throw new KernelError("EINVAL", "Route with host scope can not have a gateway");
    if (device === null) throw new KernelError("ENODEV");
    return device;
  }
  if (gateway === 0) {
    if (spec.onlink)
      throw new KernelError("EINVAL", "Invalid flags for nexthop - PERVASIVE and ONLINK can not be set");
    if (device === null) throw new KernelError("ENODEV");
    if (!device.up) throw new KernelError("ENETDOWN", "Device for nexthop is not up");
    return device;
  }
  if (spec.onlink) {
    if (scope >= Scope.link) throw new KernelError("EINVAL", "Nexthop has invalid scope");
    if (device === null) throw new KernelError("ENODEV", "Nexthop device required for onlink");
    if (!device.up) throw new KernelError("ENETDOWN", "Nexthop device is not up");
    if (addressType(ns, gateway) !== "unicast")
      throw new KernelError("EINVAL", "Nexthop has invalid gateway");
    return device;
  }
  const way = wayToGateway(ns, gateway, device, Math.max(scope + 1, Scope.link), spec.table);
  if (way === null || way.device === null || (way.type !== "unicast" && way.type !== "local"))
    throw new KernelError("ENETUNREACH", "Nexthop has invalid gateway");
  if (!way.device.up) throw new KernelError("ENETDOWN");
  return way.device;
}

/**
 * The route to a gateway: only such as lead nearer than the route that is being made count, so that no route leads by
 * itself. The table of the new route is asked first.
 */
function wayToGateway(
  ns: NetworkNamespace,
  gateway: number,
  device: NetDevice | null,
  scope: Scope,
  table: number,
): Route | null {
  const own = table === RouteTable.main || table === RouteTable.local ? [] : [table];
  const byRules = ns.fib.rules.filter((rule) => rule.action === "lookup").map((rule) => rule.table);
  for (const id of [...own, ...byRules]) {
    let best: Route | null = null;
    for (const route of ns.fib.tables.get(id)?.list() ?? []) {
      if (!ip.contains(route.dst, route.prefixLength, gateway) || route.scope < scope) continue;
      if (device !== null && route.device !== device) continue;
      if (best === null || route.prefixLength > best.prefixLength) best = route;
    }
    if (best !== null && best.type !== "throw") return best;
  }
  return null;
}
