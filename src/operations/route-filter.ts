import type { Route } from "../net/route.ts";
import { RouteTable, type RouteType } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, prefixOf } from "./addresses.ts";
import { deviceNamed } from "./link-change.ts";
import type { OperationContext } from "./operation-context.ts";
import { formatTos, scopeOf, tableOf } from "./route-names.ts";
import { ToolError } from "./tool-error.ts";

/** Which routes `ip route show` and `flush` mean. */
export interface RouteFilter {
  /** `all`, `cache`, or a table's name or number; absent: main. */
  readonly table?: string;
  readonly tos?: number;
  readonly metric?: number;
  readonly protocol?: string;
  readonly scope?: string;
  readonly type?: RouteType;
  readonly dev?: string;
  /** Gateways and preferred sources of these prefixes. */
  readonly via?: string;
  readonly src?: string;
  /** Routes inside of this prefix. */
  readonly root?: string;
  /** Routes that cover this prefix. */
  readonly match?: string;
}

export function filterWords(filter: RouteFilter): string[] {
  const words: string[] = [];
  const said = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(key, `${value}`);
  };
  said("table", filter.table);
  said("tos", filter.tos === undefined ? undefined : formatTos(filter.tos));
  said("metric", filter.metric);
  said("proto", filter.protocol);
  said("scope", filter.scope);
  said("type", filter.type);
  said("dev", filter.dev);
  said("via", filter.via);
  said("src", filter.src);
  if (filter.root !== undefined && filter.root === filter.match) words.push("exact", filter.root);
  else {
    if (filter.root !== undefined) words.push("root", filter.root);
    if (filter.match !== undefined) words.push("match", filter.match);
  }
  return words;
}

/** The routes in the order in which the kernel gives them out. `verb` is for its words when there is no such table. */
export function filteredRoutes(
  filter: RouteFilter,
  context: OperationContext,
  verb: "Dump" | "Flush",
): readonly Route[] {
  const { fib } = context.namespace;
  const device = filter.dev === undefined ? null : deviceNamed(context, filter.dev);
  if (filter.table === "cache") return [];
  let routes: readonly Route[];
  if (filter.table === "all") {
    const order = (id: number): number => (id & 255) * 0x1000000 + id;
    routes = [...fib.tables].sort((a, b) => order(a.id) - order(b.id)).flatMap((table) => table.list());
  } else {
    const table = fib.tableAt(filter.table === undefined ? RouteTable.main : tableOf(filter.table)!);
    if (table === null) throw new ToolError(`Error: ipv4: FIB table does not exist.\n${verb} terminated`, 2);
    routes = table.list();
  }
  return routes.filter(
    (r) =>
      (device === null || r.device === device) &&
      (filter.tos === undefined || r.tos === filter.tos) &&
      (filter.metric === undefined || r.metric === filter.metric) &&
      (filter.protocol === undefined || r.protocol === filter.protocol) &&
      (filter.scope === undefined || r.scope === scopeOf(filter.scope)) &&
      (filter.type === undefined || r.type === filter.type) &&
      isWithin(filter.via, r.gateway) &&
      isWithin(filter.src, r.prefSource) &&
      coversPrefix(filter, r.dst, r.prefixLength),
  );
}

/** True when an address is of the prefix, where one is asked for. */
export function isWithin(prefix: string | undefined, address: number): boolean {
  if (prefix === undefined) return true;
  const { address: network, length } = prefixOf(prefix);
  return !isIpv6(prefix) && ip.contains(network, length, address);
}

/** Whether a filter asks for one address: what is shown leaves it out then, as it is known. */
export function isOne(prefix: string | undefined): boolean {
  return prefix !== undefined && prefixOf(prefix).length === 32;
}

/** True when a route to this prefix is inside of the filter's `root` and covers its `match`. */
export function coversPrefix(filter: RouteFilter, dst: number, length: number): boolean {
  if (isIpv6(filter.root ?? "") || isIpv6(filter.match ?? "")) return false;
  const root = filter.root === undefined ? null : prefixOf(filter.root);
  const match = filter.match === undefined ? null : prefixOf(filter.match);
  return (
    (root === null || (length >= root.length && ip.contains(root.address, root.length, dst))) &&
    (match === null || (length <= match.length && ip.contains(dst, length, match.address)))
  );
}
