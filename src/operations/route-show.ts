import { optionWords, type ShowOptions } from "./ip-options.ts";
import { printJson } from "./json.ts";
import type { InNamespace, OperationRecord, QuestionRecord } from "./operation.ts";
import { filteredRoutes, filterWords, type RouteFilter } from "./route-filter.ts";
import { routeJson, routeText } from "./route-text.ts";

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
    if (options.family !== undefined && options.family !== "inet") return options.json ? "[ ]\n" : "";
    const routes = filteredRoutes(question, context, "Dump");
    return options.json
      ? printJson(
          routes.map((route) => routeJson(route, question, options)),
          options.pretty ?? false,
        )
      : routes.map((route) => routeText(route, question, options)).join("");
  },
};

/** What a flush tells with `-s` is known only while it works. */
const told: WeakMap<RouteFlush, string> = new WeakMap();

export const routeFlush: OperationRecord<RouteFlush> = {
  tool: "ip",
  words: ({ options = {}, ...filter }) => [...optionWords(options), "route", "flush", ...filterWords(filter)],
  apply(operation, context) {
    const { options = {} } = operation;
    const { namespace } = context;
    if (operation.table === "cache") {
      namespace.exceptions.flush();
      told.set(operation, "");
      return;
    }
    const routes = filteredRoutes(operation, context, "Flush");
    const lines = routes.map((route) => routeText(route, operation, options));
    for (const route of routes) namespace.fib.remove(route);
    told.set(operation, flushText(lines, options.statistics ?? 0));
  },
  said: (operation) => told.get(operation) ?? "",
};

/** What iproute2 tells of a flush: with `-s` how many went, with `-s -s` which. */
function flushText(lines: readonly string[], statistics: number): string {
  if (statistics === 0) return "";
  if (lines.length === 0) return "Nothing to flush.\n";
  const list = statistics > 1 ? lines.join("") : "";
  return `${list}\n*** Round 1, deleting ${lines.length} entries ***\n*** Flush is complete after 1 round ***\n`;
}
