import { RouteTable } from "../net/route-kind.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { JsonObject } from "./json.ts";
import { formatTos, tableName } from "./route-names.ts";

/** What a route means for one address, as `ip route get` and `ip route show cache` tell it (rt_fill_info). */
export interface CachedRoute {
  readonly type: string;
  readonly dst: string;
  readonly from: string | undefined;
  /** The type of service that the route is for; 0 when for any. */
  readonly tos: number;
  readonly gateway: string | undefined;
  readonly dev: string | undefined;
  /** Undefined where it is not told. */
  readonly table: number | undefined;
  readonly source: string | undefined;
  readonly mark: number | undefined;
  readonly uid: number | undefined;
  readonly flags: readonly string[];
  readonly expires: number | undefined;
  readonly mtu: number;
  readonly mtuLocked: boolean;
  readonly iif: string | undefined;
}

function tableWord({ table }: CachedRoute, details: boolean): string | undefined {
  if (table === undefined) return undefined;
  const shows = details || (table !== RouteTable.main && table !== RouteTable.local);
  return shows ? tableName(table) : undefined;
}

/** Two lines, the second of which begins with `cache`. */
export function cachedRouteText(shown: CachedRoute, options: ShowOptions): string {
  const details = options.details ?? false;
  const words: string[] = [];
  if (shown.type !== "unicast" || details) words.push(shown.type);
  words.push(shown.dst);
  if (shown.from !== undefined) words.push("from", shown.from);
  if (shown.tos !== 0) words.push("tos", formatTos(shown.tos));
  if (shown.gateway !== undefined) words.push("via", shown.gateway);
  if (shown.dev !== undefined) words.push("dev", shown.dev);
  const table = tableWord(shown, details);
  if (table !== undefined) words.push("table", table);
  if (shown.source !== undefined) words.push("src", shown.source);
  if (shown.mark !== undefined && shown.mark !== 0) words.push("mark", `${shown.mark}`);
  if (shown.uid !== undefined) words.push("uid", `${shown.uid}`);
  const cache = ["    cache"];
  if (shown.flags.length > 0) cache.push(`<${shown.flags.join(",")}>`);
  if (shown.expires !== undefined) cache.push("expires", `${shown.expires}sec`);
  if (shown.mtu !== 0) cache.push("mtu", ...(shown.mtuLocked ? ["lock"] : []), `${shown.mtu}`);
  if (shown.iif !== undefined) cache.push("iif", shown.iif);
  return `${words.join(" ")} ${options.oneline ? "\\" : "\n"}${cache.join(" ")} \n`;
}

/** The same with `-json`. */
export function cachedRouteJson(shown: CachedRoute, options: ShowOptions): JsonObject {
  const details = options.details ?? false;
  return {
    type: shown.type !== "unicast" || details ? shown.type : undefined,
    dst: shown.dst,
    from: shown.from,
    tos: shown.tos === 0 ? undefined : formatTos(shown.tos),
    gateway: shown.gateway,
    dev: shown.dev,
    table: tableWord(shown, details),
    prefsrc: shown.source,
    flags: [],
    mark: shown.mark === 0 ? undefined : shown.mark,
    uid: shown.uid,
    cache: shown.flags,
    expires: shown.expires,
    metrics: shown.mtu === 0 ? undefined : [{ mtu: shown.mtu }],
    iif: shown.iif,
  };
}
