import type { NetworkNamespace } from "../../net/network-namespace.ts";
import type { Route } from "../../net/route.ts";
import { RouteTable } from "../../net/route-kind.ts";
import type { Wait } from "../../sim/process.ts";
import * as ip from "../../wire/ipv4-address.ts";
import type { ProgramContext } from "../program-context.ts";
import { nameOf } from "../resolve-name.ts";

/** How `route` and `netstat -r` show the routes. */
interface RoutingTableOptions {
  readonly numeric: boolean;
  /** MSS, window and round trip time in the place of metric and uses. */
  readonly netstat: boolean;
}

/** The kernel's table as /proc/net/route has it: what is neither local nor a broadcast. */
function routesOf(ns: NetworkNamespace): readonly Route[] {
  return ns.fib
    .table(RouteTable.main)
    .list()
    .filter(({ type }) => type !== "local" && type !== "broadcast" && type !== "multicast");
}

/** The text of busybox's `route`, with `netstat` that of `netstat -r`. Names are looked up unless `numeric`. */
export function* routingTable(
  context: ProgramContext,
  { numeric, netstat }: RoutingTableOptions,
): Generator<Wait, void, void> {
  const columns = netstat ? "  MSS Window  irtt" : "Metric Ref    Use";
  context.out(
    `Kernel IP routing table\nDestination     Gateway         Genmask         Flags ${columns} Iface\n`,
  );
  for (const route of routesOf(context.namespace)) {
    const to = yield* destination(context, route, numeric);
    const via = yield* gateway(context, route, numeric);
    const mask = ip.format(ip.netmask(route.prefixLength));
    const refuses = route.device === null;
    const flags = refuses ? "!" : `U${route.gateway !== 0 ? "G" : ""}${route.prefixLength === 32 ? "H" : ""}`;
    const numbers = netstat
      ? `${String(route.advmss).padStart(5)} ${"0".padEnd(5)} ${"0".padStart(6)}`
      : `${String(route.metric).padEnd(6)} ${"0".padEnd(2)} ${"0".padStart(7)}`;
    const name = route.device?.name ?? "*";
    context.out(
      `${to.padEnd(15)} ${via.padEnd(15)} ${mask.padEnd(16)}${flags.padEnd(6)}${numbers} ${name}\n`,
    );
  }
}

function* destination(
  context: ProgramContext,
  { dst, prefixLength }: Route,
  numeric: boolean,
): Generator<Wait, string, void> {
  const text = ip.format(dst);
  if (numeric) return text;
  if (prefixLength === 0) return "default";
  return (yield* nameOf(context, dst)) ?? text;
}

function* gateway(
  context: ProgramContext,
  { gateway: address }: Route,
  numeric: boolean,
): Generator<Wait, string, void> {
  if (address === 0) return numeric ? "0.0.0.0" : "*";
  const text = ip.format(address);
  return numeric ? text : ((yield* nameOf(context, address)) ?? text);
}
