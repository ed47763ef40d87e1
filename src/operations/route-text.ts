import type { Route } from "../net/route.ts";
import { RouteTable, Scope } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { prefixText } from "./addresses.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { JsonObject } from "./json.ts";
import { isOne, type RouteFilter } from "./route-filter.ts";
import { formatTos, scopeName, tableName } from "./route-names.ts";

/** Flags behind a route (RTNH_F_...). */
function flagsOf(route: Route): string[] {
  const flags: string[] = [];
  if (route.onlink) flags.push("onlink");
  const { device } = route;
  // What is for this host itself does not depend on a carrier.
  if (device !== null && !device.carrier && route.scope < Scope.host && route.type !== "local")
    flags.push("linkdown");
  return flags;
}

/** A line of `ip route show`. What the filter asks for exactly is left out (print_route). */
export function routeText(route: Route, filter: RouteFilter, options: ShowOptions): string {
  const details = options.details ?? false;
  const words: string[] = [];
  const said = (yes: boolean, ...more: readonly string[]): void => {
    if (yes) words.push(...more);
  };
  said(route.type !== "unicast" || details, route.type);
  words.push(prefixText(route.dst, route.prefixLength));
  said(route.tos !== 0 && filter.tos === undefined, "tos", formatTos(route.tos));
  said(route.gateway !== 0 && !isOne(filter.via), "via", ip.format(route.gateway));
  if (route.device !== null) said(filter.dev === undefined, "dev", route.device.name);
  said(showsTable(route, filter), "table", tableName(route.table));
  said((route.protocol !== "boot" || details) && filter.protocol === undefined, "proto", route.protocol);
  said((route.scope !== 0 || details) && filter.scope === undefined, "scope", scopeName(route.scope));
  said(route.prefSource !== 0 && !isOne(filter.src), "src", ip.format(route.prefSource));
  said(route.metric !== 0 && filter.metric === undefined, "metric", `${route.metric}`);
  words.push(...flagsOf(route));
  said(route.mtu !== 0, "mtu", ...(route.mtuLocked ? ["lock"] : []), `${route.mtu}`);
  said(route.advmss !== 0, "advmss", `${route.advmss}`);
  return `${words.join(" ")} \n`;
}

function showsTable(route: Route, filter: RouteFilter): boolean {
  return filter.table === "all" && route.table !== RouteTable.main;
}

/** The same with `-json`. */
export function routeJson(route: Route, filter: RouteFilter, options: ShowOptions): JsonObject {
  const details = options.details ?? false;
  const when = <T>(yes: boolean, value: T): T | undefined => (yes ? value : undefined);
  const metrics: JsonObject = {
    mtu: when(route.mtu !== 0, route.mtu),
    advmss: when(route.advmss !== 0, route.advmss),
  };
  return {
    type: when(route.type !== "unicast" || details, route.type),
    dst: prefixText(route.dst, route.prefixLength),
    tos: when(route.tos !== 0 && filter.tos === undefined, formatTos(route.tos)),
    gateway: when(route.gateway !== 0 && !isOne(filter.via), ip.format(route.gateway)),
    dev: when(route.device !== null && filter.dev === undefined, route.device?.name ?? ""),
    table: when(showsTable(route, filter), tableName(route.table)),
    protocol: when((route.protocol !== "boot" || details) && filter.protocol === undefined, route.protocol),
    scope: when((route.scope !== 0 || details) && filter.scope === undefined, scopeName(route.scope)),
    prefsrc: when(route.prefSource !== 0 && !isOne(filter.src), ip.format(route.prefSource)),
    metric: when(route.metric !== 0 && filter.metric === undefined, route.metric),
    flags: flagsOf(route),
    metrics: when(route.mtu !== 0 || route.advmss !== 0, [metrics]),
  };
}
