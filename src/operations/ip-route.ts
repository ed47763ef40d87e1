import type { RouteVerb } from "../net/route-change.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, meansAll, prefixOf, readAddress, readPrefix } from "./addresses.ts";
import type { Family, ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import type { Command } from "./operation.ts";
import type { RouteFilter } from "./route-filter.ts";
import type { RouteGet } from "./route-get.ts";
import { ipRouteHelp } from "./route-help-texts.ts";
import {
  protocolOf,
  readNumber,
  routeTypeOf,
  scopeName,
  scopeOf,
  tableName,
  tableOf,
  tosOf,
} from "./route-names.ts";
import type { RouteWords } from "./route-set.ts";
import { ToolError } from "./tool-error.ts";
import { garbage, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** Words of `ip route add` that say what is not simulated. */
const UNKNOWN =
  "as nexthop nhid expires hoplimit reordering rtt rttvar rto_min window cwnd initcwnd initrwnd features quickack " +
  "congctl ssthresh realms pref encap ttl-propagate fastopen_no_cookie vrf pervasive weight";

/** Parses what stands after `ip route` (do_iproute). @throws {ToolError} */
export function parseIpRoute(words: Words, show: ShowOptions): Command {
  if (words.done) return list(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("show", "list", "lst")) return list(words, show);
  if (is("get")) return get(words, show);
  if (is("add")) return set(words, show, "add");
  if (is("change", "chg")) return set(words, show, "change");
  if (is("replace")) return set(words, show, "replace");
  if (is("prepend")) return set(words, show, "prepend");
  if (is("append")) return set(words, show, "append");
  if (is("test")) return set(words, show, "test");
  if (is("delete")) {
    if (words.done) throw new ToolError(ipRouteHelp, 255);
    return { op: "route-del", ...readRoute(words, show.family) };
  }
  if (is("flush")) return flush(words, show);
  if (is("save", "restore", "showdump")) throw new ToolError(`ip route ${word}: not simulated`, 1);
  if (is("help")) throw new ToolError(ipRouteHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "ip route help".`, 255);
}

function set(words: Words, show: ShowOptions, verb: RouteVerb): Command {
  if (words.done) throw new ToolError(ipRouteHelp, 255);
  return { op: "route-set", verb, ...readRoute(words, show.family) };
}

/** What is of IPv4, as it was read. @throws {ToolError} */
function inet(text: string): string {
  if (isIpv6(text)) throw new ToolError("ip route: IPv6 is not simulated", 1);
  return text;
}

function table(text: string, why: string): string {
  const id = tableOf(text);
  if (id === null) throw wrong(text, why);
  return tableName(id);
}

/** Reads a route (iproute_modify); what was read of a family decides of which the rest must be. @throws {ToolError} */
function readRoute(words: Words, given: Family | undefined): RouteWords {
  const route: Partial<Mutable<RouteWords>> = {};
  let family = given;
  const address = (): string => {
    const read = inet(readAddress(words.next(), family));
    family ??= "inet";
    return read;
  };
  while (!words.done) {
    const word = words.next();
    if (same(word, "src")) route.src = address();
    else if (same(word, "via")) {
      if (words.takes("inet")) family ??= "inet";
      route.via = address();
    } else if (word === "from") throw new ToolError("ip route: from is not simulated", 1);
    else if (same(word, "tos") || matches(word, "dsfield")) {
      const text = words.next();
      const tos = tosOf(text);
      if (tos === null) throw wrong(text, '"tos" value is invalid\n');
      route.tos = tos;
    } else if (matches(word, "metric", "priority", "preference"))
      route.metric = readNumber(words.next(), "metric");
    else if (same(word, "scope")) {
      const text = words.next();
      const scope = scopeOf(text);
      if (scope === null) throw wrong(text, 'invalid "scope" value\n');
      route.scope = scopeName(scope);
    } else if (same(word, "mtu")) {
      if (words.takes("lock")) route.mtuLock = true;
      route.mtu = readNumber(words.next(), "mtu");
    } else if (same(word, "advmss")) {
      words.takes("lock");
      route.advmss = readNumber(words.next(), "mss");
    } else if (same(word, "onlink")) route.onlink = true;
    else if (matches(word, "protocol")) {
      const text = words.next();
      const protocol = protocolOf(text);
      if (protocol === null) throw wrong(text, '"protocol" value is invalid\n');
      route.protocol = protocol;
    } else if (matches(word, "table")) route.table = table(words.next(), '"table" value is invalid\n');
    else if (same(word, "dev", "oif")) route.dev = words.next("device");
    else if (UNKNOWN.split(" ").includes(word)) throw new ToolError(`ip route: ${word} is not simulated`, 1);
    else if (readDestination(words, word, route, family)) family ??= "inet";
  }
  if (given === "inet6") throw new ToolError("ip route: IPv6 is not simulated", 1);
  // Without a destination all is meant.
  return { ...route, dst: route.dst ?? "default" };
}

/** Reads where a route leads to; true where that says of which family it is. @throws {ToolError} */
function readDestination(
  words: Words,
  first: string,
  route: Partial<Mutable<RouteWords>>,
  family: Family | undefined,
): boolean {
  let word = first === "to" ? words.next() : first;
  // `any` is taken for the beginning of `anycast`.
  const type = same(word, "any") ? "anycast" : routeTypeOf(word);
  if (same(word, "nat")) throw new ToolError("Error: Invalid scope.", 2);
  if (type !== null) {
    route.type = type;
    word = words.next();
  }
  if (matches(word, "help")) throw new ToolError(ipRouteHelp, 255);
  if (route.dst !== undefined) throw garbage("to", word);
  route.dst = inet(readPrefix(word, family));
  return !meansAll(word);
}

/** Reads a filter (iproute_list_flush_or_save). @throws {ToolError} */
function readFilter(words: Words, family: Family | undefined): RouteFilter {
  const filter: Mutable<RouteFilter> = {};
  while (!words.done) {
    const word = words.next();
    if (matches(word, "table")) {
      const text = words.next();
      if (matches(text, "cache")) filter.table = "cache";
      else if (text === "all") filter.table = "all";
      else {
        const name = table(text, "table id value is invalid\n");
        if (name === "unspec") filter.table = "all";
        else if (name !== "main") filter.table = name;
      }
    } else if (matches(word, "cached") || matches(word, "cloned")) filter.table = "cache";
    else if (same(word, "tos") || matches(word, "dsfield")) {
      const text = words.next();
      const tos = tosOf(text);
      if (tos === null) throw wrong(text, "TOS value is invalid\n");
      filter.tos = tos;
    } else if (matches(word, "metric", "priority", "preference"))
      filter.metric = readNumber(words.next(), "metric");
    else if (matches(word, "protocol")) {
      const text = words.next();
      const protocol = protocolOf(text);
      if (protocol === null && text !== "all") throw wrong(text, 'invalid "protocol"\n');
      if (protocol !== null) filter.protocol = protocol;
    } else if (matches(word, "scope")) {
      const text = words.next();
      const scope = scopeOf(text);
      if (scope === null && text !== "all") throw wrong(text, 'invalid "scope"\n');
      if (scope !== null) filter.scope = scopeName(scope);
    } else if (matches(word, "type")) {
      const text = words.next();
      const type = routeTypeOf(text);
      if (type === null) throw wrong(text, "node type value is invalid\n");
      filter.type = type;
    } else if (same(word, "dev", "oif", "iif")) filter.dev = words.next("device");
    else if (same(word, "via")) {
      words.takes("inet");
      filter.via = readPrefix(words.next(), family);
    } else if (same(word, "src")) filter.src = readPrefix(words.next(), family);
    else if (["mark", "realms", "from", "vrf", "nhid"].includes(word))
      throw new ToolError(`ip route: ${word} is not simulated`, 1);
    else readPrefixFilter(words, word, filter, family);
  }
  return filter;
}

function readPrefixFilter(
  words: Words,
  first: string,
  filter: Mutable<RouteFilter>,
  family: Family | undefined,
): void {
  const word = first === "to" ? words.next() : first;
  if (matches(word, "root")) filter.root = readPrefix(words.next(), family);
  else if (matches(word, "match")) filter.match = readPrefix(words.next(), family);
  else {
    const text = matches(word, "exact") ? words.next() : word;
    if (matches(text, "help")) throw new ToolError(ipRouteHelp, 255);
    const prefix = readPrefix(text, family);
    filter.root = prefix;
    filter.match = prefix;
  }
}

function list(words: Words, options: ShowOptions): Command {
  const filter = readFilter(words, options.family);
  return { ask: "route-show", ...filter, ...(Object.keys(options).length === 0 ? {} : { options }) };
}

function flush(words: Words, options: ShowOptions): Command {
  if (words.done) throw new ToolError('"ip route flush" requires arguments.', 1);
  const filter = readFilter(words, options.family);
  return { op: "route-flush", ...filter, ...(Object.keys(options).length === 0 ? {} : { options }) };
}

/** Reads a question (iproute_get); prefix lengths are passed over. @throws {ToolError} */
function get(words: Words, options: ShowOptions): Command {
  const question: Partial<Mutable<RouteGet>> = {};
  let { family } = options;
  const single = (text: string): string => {
    const { address } = prefixOf(inet(readPrefix(text, family)));
    family ??= "inet";
    return ip.format(address);
  };
  while (!words.done) {
    const word = words.next();
    if (same(word, "tos") || matches(word, "dsfield")) {
      const text = words.next();
      const tos = tosOf(text);
      if (tos === null) throw wrong(text, "TOS value is invalid\n");
      question.tos = tos;
    } else if (same(word, "fibmatch")) question.fibmatch = true;
    else if (same(word, "from")) question.from = single(words.next());
    else if (matches(word, "iif")) question.iif = words.next("device");
    else if (matches(word, "mark")) {
      const mark = unsigned(words.next());
      question.mark = mark ?? 0;
    } else if (matches(word, "oif") || same(word, "dev")) question.oif = words.next("device");
    else if (matches(word, "uid")) question.uid = readNumber(words.next(), "uid");
    else if (["notify", "connected", "vrf", "ipproto", "sport", "dport", "as"].includes(word))
      throw new ToolError(`ip route get: ${word} is not simulated`, 1);
    else {
      const text = same(word, "to") ? words.next() : word;
      if (matches(text, "help")) throw new ToolError(ipRouteHelp, 255);
      question.dst = single(text);
    }
  }
  const { dst } = question;
  if (dst === undefined) throw new ToolError("need at least a destination address", 1);
  return {
    ask: "route-get",
    ...question,
    dst,
    ...(Object.keys(options).length === 0 ? {} : { options }),
  };
}
