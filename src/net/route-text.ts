import * as ip from "../wire/ipv4-address.ts";
import type { RouteSpec } from "./route.ts";
import { RouteTable, Scope } from "./route-kind.ts";

function scopeName(scope: Scope): string | number {
  if (scope === Scope.site) return "site";
  if (scope === Scope.link) return "link";
  if (scope === Scope.host) return "host";
  return scope === Scope.nowhere ? "nowhere" : scope;
}

/** A table by the name that iproute2 gives it, or by its number. */
export function tableName(table: number): string | number {
  if (table === RouteTable.main) return "main";
  if (table === RouteTable.default) return "default";
  return table === RouteTable.local ? "local" : table;
}

/** A route in the words of `ip route show table all`; `deviceName` is what its device is called. */
export function routeText(route: RouteSpec, deviceName: string): string {
  const { dst, prefixLength, device, gateway, table, tos, metric, prefSource, scope, protocol, type } = route;
  const words: (string | number)[] = type === "unicast" ? [] : [type];
  if (prefixLength === 0) words.push("default");
  else words.push(prefixLength === 32 ? ip.format(dst) : ip.formatPrefix(dst, prefixLength));
  if (tos !== 0) words.push("tos", `0x${tos.toString(16)}`);
  if (gateway !== 0) words.push("via", ip.format(gateway));
  if (device !== null) words.push("dev", deviceName);
  if (table !== RouteTable.main) words.push("table", tableName(table));
  if (protocol !== "boot") words.push("proto", protocol);
  if (scope !== Scope.global) words.push("scope", scopeName(scope));
  if (prefSource !== 0) words.push("src", ip.format(prefSource));
  if (metric !== 0) words.push("metric", metric);
  return words.join(" ");
}
