import type { NetDevice } from "../net/net-device.ts";
import type { RouteException } from "../net/route-exceptions.ts";
import { RouteTable, Scope } from "../net/route-kind.ts";
import { SECOND } from "../sim/time.ts";
import * as ip from "../wire/ipv4-address.ts";
import { type CachedRoute, cachedRouteJson, cachedRouteText } from "./cached-route.ts";
import { optionWords, type ShowOptions } from "./ip-options.ts";
import { ipv6RouteJson, ipv6RouteText } from "./ipv6-routes.ts";
import { printJson } from "./json.ts";
import { deviceNamed } from "./link-change.ts";
import type { InNamespace, OperationRecord, QuestionRecord } from "./operation.ts";
import type { OperationContext } from "./operation-context.ts";
import {
  coversPrefix,
  filteredRoutes,
  filterWords,
  isOne,
  isWithin,
  type RouteFilter,
} from "./route-filter.ts";
import { scopeOf } from "./route-names.ts";
import { routeJson, routeText } from "./route-text.ts";
import { ToolError } from "./tool-error.ts";

/** `ip route show ...` */
export interface RouteShow extends InNamespace, RouteFilter {
  readonly ask: "route-show";
  readonly options?: ShowOptions;
}

/** `ip route flush ...` */
export interface RouteFlush extends InNamespace, RouteFilter {
  readonly op: "route-flush";
  readonly options?: ShowOptions;
}

export const routeShow: QuestionRecord<RouteShow> = {
  tool: "ip",
  words: ({ options = {}, ...filter }) => [...optionWords(options), "route", "show", ...filterWords(filter)],
  answer(question, context) {
    const { options = {} } = question;
    if (options.family === "inet6")
      return options.json
        ? printJson(ipv6RouteJson(question, options, context), options.pretty ?? false)
        : ipv6RouteText(question, options, context);
    if (options.family === "link") return options.json ? "[ ]\n" : "";
    if (question.table === "cache") return cached(question, context);
    const routes = filteredRoutes(question, context, "Dump");
    // All tables are asked for in all families.
    const six = question.table === "all" && options.family === undefined;
    if (options.json) {
      const list = routes.map((route) => routeJson(route, question, options));
      if (six) list.push(...ipv6RouteJson(question, options, context));
      return printJson(list, options.pretty ?? false);
    }
    const text = routes.map((route) => routeText(route, question, options)).join("");
    return six ? text + ipv6RouteText(question, options, context) : text;
  },
};

/** A cached route has neither protocol, preferred source nor metric, and is one of main. */
function cacheMatches(filter: RouteShow, e: RouteException, device: NetDevice | null): boolean {
  const { route } = e;
  return (
    route.table === RouteTable.main &&
    filter.protocol === undefined &&
    filter.src === undefined &&
    (filter.metric ?? 0) === 0 &&
    (filter.tos ?? 0) === 0 &&
    (filter.scope === undefined || scopeOf(filter.scope) === Scope.global) &&
    (filter.type === undefined || filter.type === route.type) &&
    (device === null || route.device === device) &&
    isWithin(filter.via, e.gateway || route.gateway) &&
    coversPrefix(filter, e.dst, 32)
  );
}

/** What the namespace has heard of destinations, and has used since (fib_dump_info_fnhe). */
function cached(question: RouteShow, context: OperationContext): string {
  const { options = {} } = question;
  const { exceptions, fib, world } = context.namespace;
  const device = question.dev === undefined ? null : deviceNamed(context, question.dev);
  // Route by route, as the table is walked.
  const main = fib.table(RouteTable.main).list();
  const shown = exceptions
    .list()
    .filter((e) => e.used && cacheMatches(question, e, device))
    .sort((a, b) => main.indexOf(a.route) - main.indexOf(b.route))
    .map((e): CachedRoute => {
      const { route, gateway, pmtu } = e;
      const via = gateway !== 0 ? gateway : route.gateway;
      return {
        type: route.type,
        dst: ip.format(e.dst),
        from: undefined,
        tos: 0,
        gateway: via === 0 || isOne(question.via) ? undefined : ip.format(via),
        dev: device === null ? route.device!.name : undefined,
        table: undefined,
        source: undefined,
        mark: undefined,
        uid: undefined,
        flags: gateway !== 0 ? ["redirected"] : [],
        expires: Math.floor((e.expires - world.now) / SECOND),
        mtu: pmtu !== 0 ? pmtu : route.mtu,
        mtuLocked: pmtu !== 0 ? e.locked : route.mtuLocked,
        iif: undefined,
      };
    });
  if (!options.json) return shown.map((route) => cachedRouteText(route, options)).join("");
  return printJson(
    shown.map((route) => cachedRouteJson(route, options)),
    options.pretty ?? false,
  );
}

export const routeFlush: OperationRecord<RouteFlush> = {
  tool: "ip",
  words: ({ options = {}, ...filter }) => [...optionWords(options), "route", "flush", ...filterWords(filter)],
  apply(operation, context) {
    const { options = {} } = operation;
    const { namespace } = context;
    if (options.family === "inet6" && ipv6RouteText(operation, options, context) !== "")
      throw new ToolError("ip -6 route flush: not simulated", 1);
    if (operation.table === "cache") {
      namespace.exceptions.flush();
      return "";
    }
    const isOfIpv4 = options.family === undefined || options.family === "inet";
    const routes = isOfIpv4 ? filteredRoutes(operation, context, "Flush") : [];
    const lines = routes.map((route) => routeText(route, operation, options));
    for (const route of routes) namespace.fib.remove(route);
    return flushText(lines, options.statistics ?? 0);
  },
};

/** What iproute2 tells of a flush: with `-s` how many went, with `-s -s` which. */
function flushText(lines: readonly string[], statistics: number): string {
  if (statistics === 0) return "";
  if (lines.length === 0) return "Nothing to flush.\n";
  const list = statistics > 1 ? lines.join("") : "";
  return `${list}\n*** Round 1, deleting ${lines.length} entries ***\n*** Flush is complete after 1 round ***\n`;
}
