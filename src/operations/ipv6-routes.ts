import type { NetDevice } from "../net/net-device.ts";
import { RouteTable } from "../net/route-kind.ts";
import type { ShowOptions } from "./ip-options.ts";
import { ipv6AddressOf } from "./ipv6-text.ts";
import type { JsonObject } from "./json.ts";
import { deviceNamed } from "./link-change.ts";
import type { OperationContext } from "./operation-context.ts";
import type { RouteFilter } from "./route-filter.ts";
import { tableOf } from "./route-names.ts";
import { ToolError } from "./tool-error.ts";

/** A route of IPv6, all of whose are those that the kernel made for the addresses that devices have by themselves. */
interface Ipv6Route {
  readonly type: "unicast" | "local" | "multicast";
  readonly dst: string;
  readonly device: NetDevice;
  readonly table: number;
  readonly metric: number;
}

/** Main first, then local: to one's own addresses, sorted, then to groups. */
function routesOf(context: OperationContext): readonly Ipv6Route[] {
  const { devices } = context.namespace;
  const loopback = devices.filter((device) => device.loopback && ipv6AddressOf(device) !== null);
  const linked = devices
    .filter((device) => !device.loopback && ipv6AddressOf(device) !== null)
    .sort((a, b) => a.linkLocal!.order - b.linkLocal!.order);
  const own = linked.map((device) => ({ device, key: sortKey(device) })).sort((a, b) => a.key - b.key);
  const local = { type: "local", table: RouteTable.local, metric: 0 } as const;
  return [
    ...linked.map((device) => route("unicast", "fe80::/64", device, RouteTable.main)),
    ...loopback.map((device) => ({ ...local, dst: "::1", device })),
    ...own.map(({ device }) => ({ ...local, dst: ipv6AddressOf(device)!, device })),
    ...linked.map((device) => route("multicast", "ff00::/8", device, RouteTable.local)),
  ];
}

function route(type: Ipv6Route["type"], dst: string, device: NetDevice, table: number): Ipv6Route {
  return { type, dst, device, table, metric: 256 };
}

/** The interface identifier as a number, good enough to sort by: its 48 bits that are the hardware address. */
function sortKey(device: NetDevice): number {
  const { hi, lo } = device.linkLocal!;
  return (hi ^ 0x0200) * 2 ** 32 + (lo >>> 0);
}

/** Those that a filter means; one that names something of IPv4 means none. */
function filtered(filter: RouteFilter, context: OperationContext): readonly Ipv6Route[] {
  if (filter.via !== undefined || filter.src !== undefined || filter.tos !== undefined) return [];
  if (filter.root !== undefined || filter.match !== undefined || filter.scope !== undefined) return [];
  const device = filter.dev === undefined ? null : deviceNamed(context, filter.dev);
  const table = tableOf(filter.table ?? "main");
  if (table !== null && table !== RouteTable.main && table !== RouteTable.local)
    throw new ToolError("Error: ipv6: FIB table does not exist.\nDump terminated", 2);
  return routesOf(context).filter(
    (r) =>
      (device === null || r.device === device) &&
      (filter.table === "all" || r.table === table) &&
      (filter.metric === undefined || r.metric === filter.metric) &&
      (filter.protocol === undefined || filter.protocol === "kernel") &&
      (filter.type === undefined || r.type === filter.type),
  );
}

/** The lines of `ip -6 route show`. */
export function ipv6RouteText(filter: RouteFilter, options: ShowOptions, context: OperationContext): string {
  const details = options.details ?? false;
  return filtered(filter, context)
    .map((r) => {
      const type = r.type === "unicast" && !details ? "" : `${r.type} `;
      const scope = details ? " scope global" : "";
      const dev = filter.dev === undefined ? ` dev ${r.device.name}` : "";
      const table = r.table === RouteTable.local && filter.table === "all" ? " table local" : "";
      const protocol = filter.protocol === undefined ? " proto kernel" : "";
      const metric = filter.metric === undefined ? ` metric ${r.metric}` : "";
      const linkdown = r.device.carrier || r.type === "local" ? "" : " linkdown";
      return `${type}${r.dst}${dev}${table}${protocol}${scope}${metric}${linkdown} pref medium\n`;
    })
    .join("");
}

/** The same with `-json`. */
export function ipv6RouteJson(
  filter: RouteFilter,
  options: ShowOptions,
  context: OperationContext,
): readonly JsonObject[] {
  return filtered(filter, context).map((r) => ({
    type: r.type === "unicast" && !options.details ? undefined : r.type,
    dst: r.dst,
    dev: filter.dev === undefined ? r.device.name : undefined,
    table: r.table === RouteTable.local && filter.table === "all" ? "local" : undefined,
    protocol: filter.protocol === undefined ? "kernel" : undefined,
    scope: options.details ? "global" : undefined,
    metric: filter.metric === undefined ? r.metric : undefined,
    flags: r.device.carrier || r.type === "local" ? [] : ["linkdown"],
    pref: "medium",
  }));
}
