import * as ip from "../wire/ipv4-address.ts";
import { KernelError } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route, RouteSpec } from "./route.ts";
import { checkRoute } from "./route-check.ts";
import type { RouteType, Scope } from "./route-kind.ts";

/** What is to happen when a route of the same prefix, ToS and metric is there (the flags of RTM_NEWROUTE). */
export type RouteVerb = "add" | "replace" | "change" | "append" | "prepend" | "test";

/**
 * Adds a route as an administrator does (fib_table_insert). The device may be left to the gateway.
 * @throws {KernelError} with the kernel's words
 */
export function changeRoute(ns: NetworkNamespace, verb: RouteVerb, asked: RouteSpec): void {
  const spec = checkRoute(ns, asked);
  const there = (ns.fib.tableAt(spec.table)?.of(spec.dst, spec.prefixLength) ?? []).filter(
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
interface RouteMatch {
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
  const table = ns.fib.tableAt(match.table);
  if (table === null) throw new KernelError("ESRCH", "FIB table does not exist");
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
