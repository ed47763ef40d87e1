import { changeRoute, deleteRoute, type RouteVerb } from "../net/route-change.ts";
import { RouteTable, type RouteType, Scope } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { prefixOf } from "./addresses.ts";
import { deviceNamed } from "./link-change.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { formatTos, scopeOf, tableOf } from "./route-names.ts";

/** What `ip route` says of a route. Names are iproute2's, addresses and prefixes in their usual form. */
export interface RouteWords {
  /** `default`, `10.0.0.1`, `10.0.0.0/24` */
  readonly dst: string;
  readonly type?: RouteType;
  readonly tos?: number;
  readonly via?: string;
  readonly dev?: string;
  readonly table?: string;
  readonly protocol?: string;
  readonly scope?: string;
  readonly src?: string;
  readonly metric?: number;
  readonly mtu?: number;
  readonly mtuLock?: true;
  readonly advmss?: number;
  readonly onlink?: true;
}

/** `ip route {add|replace|change|append|prepend|test} ...` */
export interface RouteSet extends InNamespace, RouteWords {
  readonly op: "route-set";
  readonly verb: RouteVerb;
}

/** `ip route del ...` */
export interface RouteDel extends InNamespace, RouteWords {
  readonly op: "route-del";
}

/** The words that `ip route` reads back. */
function routeWords(route: RouteWords): string[] {
  const words = [...(route.type === undefined ? [] : [route.type]), route.dst];
  const said = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(key, `${value}`);
  };
  said("tos", route.tos === undefined ? undefined : formatTos(route.tos));
  said("via", route.via);
  said("dev", route.dev);
  said("table", route.table);
  said("proto", route.protocol);
  said("scope", route.scope);
  said("src", route.src);
  said("metric", route.metric);
  if (route.mtu !== undefined) words.push("mtu", ...(route.mtuLock ? ["lock"] : []), `${route.mtu}`);
  said("advmss", route.advmss);
  if (route.onlink) words.push("onlink");
  return words;
}

const addressOf = (text: string | undefined): number => (text === undefined ? 0 : ip.parse(text)!);

/** Where a route goes that names no table. */
function defaultTable(type: RouteType): number {
  return type === "local" || type === "broadcast" || type === "anycast" ? RouteTable.local : RouteTable.main;
}

/** How near a route leads that does not say it: iproute2's own rule. */
function defaultScope(type: RouteType, hasGateway: boolean): number {
  if (type === "local") return Scope.host;
  if (type === "broadcast" || type === "multicast" || type === "anycast") return Scope.link;
  return type === "unicast" && !hasGateway ? Scope.link : Scope.global;
}

export const routeSet: OperationRecord<RouteSet> = {
  tool: "ip",
  words: (operation) => ["route", operation.verb, ...routeWords(operation)],
  apply(operation, context) {
    const { dev, via, type = "unicast", tos = 0, metric = 0, mtu = 0 } = operation;
    const device = dev === undefined ? null : deviceNamed(context, dev);
    const { address, length } = prefixOf(operation.dst);
    const table = operation.table === undefined ? defaultTable(type) : tableOf(operation.table)!;
    changeRoute(context.namespace, operation.verb, {
      dst: address,
      prefixLength: length,
      type,
      table: table === 0 ? RouteTable.main : table,
      scope:
        operation.scope === undefined ? defaultScope(type, via !== undefined) : scopeOf(operation.scope)!,
      protocol: operation.protocol ?? "boot",
      metric,
      tos,
      device,
      gateway: addressOf(via),
      prefSource: addressOf(operation.src),
      mtu,
      mtuLocked: operation.mtuLock ?? false,
      advmss: operation.advmss ?? 0,
      onlink: operation.onlink ?? false,
    });
  },
};

export const routeDel: OperationRecord<RouteDel> = {
  tool: "ip",
  words: (operation) => ["route", "del", ...routeWords(operation)],
  apply(operation, context) {
    const { dev, type, scope } = operation;
    const device = dev === undefined ? null : deviceNamed(context, dev);
    const { address, length } = prefixOf(operation.dst);
    const table = operation.table === undefined ? defaultTable(type ?? "unicast") : tableOf(operation.table)!;
    const wanted = scope === undefined ? impliedScope(type) : scopeOf(scope)!;
    deleteRoute(context.namespace, {
      dst: address,
      prefixLength: length,
      table: table === 0 ? RouteTable.main : table,
      tos: operation.tos ?? 0,
      type: type ?? null,
      scope: wanted === Scope.nowhere ? null : wanted,
      protocol: operation.protocol ?? null,
      metric: operation.metric ?? 0,
      device,
      gateway: addressOf(operation.via),
      prefSource: addressOf(operation.src),
      mtu: operation.mtu ?? 0,
    });
  },
};

/** Which scope a deletion asks for when it does not say: any for routes that lead on, else the type's own. */
function impliedScope(type: RouteType | undefined): number {
  return type === undefined || type === "unicast" ? Scope.nowhere : defaultScope(type, false);
}
