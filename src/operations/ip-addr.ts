import * as ip from "../wire/ipv4-address.ts";
import type { AddrAdd, AddrDel } from "./addr-change.ts";
import type { AddressFilter, AddrFlush, AddrShow } from "./addr-show.ts";
import { expected, isIpv6, looseAddress, loosePrefix, parseScope } from "./addresses.ts";
import { ipAddressHelp } from "./help-texts.ts";
import { parseFilter } from "./ip-link.ts";
import type { ShowOptions } from "./ip-options.ts";
import type { Command } from "./operation.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, garbage, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** Parses what stands after `ip addr`. @throws {ToolError} */
export function parseIpAddr(words: Words, show: ShowOptions): Command {
  if (words.done) return addrShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return addrAdd(words, undefined);
  if (is("change") || same(word, "chg")) return addrAdd(words, "change");
  if (is("replace")) return addrAdd(words, "replace");
  if (is("delete")) return addrDel(words);
  if (is("show", "list", "lst")) return addrShow(words, show);
  if (is("flush")) return addrFlush(words, show);
  if (is("save", "restore", "showdump")) throw new ToolError(`ip addr ${word}: not simulated`, 1);
  if (is("help")) throw new ToolError(ipAddressHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "ip address help".`, 255);
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type Parsed = Mutable<Omit<AddrAdd, "op" | "dev">> & { dev?: string };

function addrAdd(words: Words, verb: AddrAdd["verb"]): AddrAdd {
  const { dev, ...rest } = parseAddress(words);
  return { op: "addr-add", dev, ...(verb === undefined ? {} : { verb }), ...rest };
}

function addrDel(words: Words): AddrDel {
  const { dev, address, peer, label } = parseAddress(words);
  return {
    op: "addr-del",
    dev,
    ...(address === undefined ? {} : { address }),
    ...(peer === undefined ? {} : { peer }),
    ...(label === undefined ? {} : { label }),
  };
}

/** ipaddr_modify. @throws {ToolError} */
function parseAddress(words: Words): Parsed & { dev: string } {
  const to: Parsed = {};
  let broadcast: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (same(word, "peer", "remote")) {
      if (to.peer !== undefined) throw duplicate("peer", words.next());
      to.peer = prefixText(words.next(), "inet prefix");
    } else if (matches(word, "broadcast") || same(word, "brd")) {
      const value = words.next();
      if (broadcast !== undefined) throw duplicate("broadcast", value);
      if (value !== "+" && value !== "-" && looseAddress(value) === null)
        throw expected("inet address", value);
      broadcast = value;
    } else if (word === "anycast") throw new ToolError("ip addr: anycast is not simulated", 1);
    else if (same(word, "scope")) {
      const scope = words.next();
      if (parseScope(scope) === null) throw wrong(scope, "invalid scope value.");
      to.scope = scope;
    } else if (same(word, "dev")) to.dev = words.next("device");
    else if (same(word, "label")) to.label = words.next();
    else if (matches(word, "metric") || matches(word, "priority") || matches(word, "preference")) {
      const metric = words.next();
      if (unsigned(metric) === null) throw wrong(metric, '"metric" value is invalid');
      if (unsigned(metric) !== 0) throw new ToolError("ip addr: a metric is not simulated", 1);
    } else if (matches(word, "valid_lft") || matches(word, "preferred_lft")) {
      const life = words.next();
      if (life !== "forever") throw new ToolError("ip addr: addresses that expire are not simulated", 1);
    } else if (same(word, "noprefixroute")) to.noprefixroute = true;
    else if (["home", "nodad", "mngtmpaddr", "autojoin"].includes(word)) continue;
    else {
      const text = same(word, "local") ? words.next() : word;
      if (matches(text, "help")) throw new ToolError(ipAddressHelp, 255);
      if (to.address !== undefined) throw garbage("local", text);
      if (text === "any" || text === "default" || text === "all") continue;
      to.address = prefixText(text, "any valid prefix");
    }
  }
  if (to.dev === undefined) throw new ToolError('Not enough information: "dev" argument is required.', 1);
  if (broadcast !== undefined) to.broadcast = broadcastText(broadcast, to);
  return { ...to, dev: to.dev };
}

/** The one form of an address with or without a length. @throws {ToolError} */
function prefixText(text: string, what: string): string {
  if (isIpv6(text)) return text;
  const prefix = loosePrefix(text);
  if (prefix === null) throw expected(what, text);
  return text.includes("/") ? ip.formatPrefix(prefix.address, prefix.length) : ip.format(prefix.address);
}

/** `+` and `-` set and clear the bits of the host. */
function broadcastText(text: string, of: Parsed): string {
  if (text !== "+" && text !== "-") return ip.format(looseAddress(text)!);
  const prefix = of.address === undefined ? null : loosePrefix(of.peer ?? of.address);
  if (prefix === null) throw new ToolError("Broadcast can be set only for IPv4 addresses", 1);
  const { address, length } = prefix;
  return ip.format(text === "+" ? ip.broadcast(address, length) : ip.network(address, length));
}

function filterOf(words: Words): AddressFilter {
  const filter: Mutable<AddressFilter> = {};
  const rest = parseFilter(words, (w) => {
    if (w.takes("to")) {
      filter.to = prefixText(w.next(), "any valid prefix");
      return true;
    }
    if (w.takes("scope")) {
      const scope = w.next();
      if (scope !== "all" && parseScope(scope) === null) throw wrong(scope, 'invalid "scope"\n');
      filter.scope = scope;
      return true;
    }
    if (w.takes("label")) filter.label = w.next();
    else if (w.takes("primary")) filter.rank = "primary";
    else if (w.takes("secondary", "temporary")) filter.rank = "secondary";
    else if (w.takes("permanent")) filter.life = "permanent";
    else if (w.takes("dynamic")) filter.life = "dynamic";
    else return false;
    return true;
  });
  return { ...rest, ...filter };
}

function addrShow(words: Words, show: ShowOptions): AddrShow {
  return {
    ask: "addr-show",
    ...filterOf(words),
    ...(Object.keys(show).length === 0 ? {} : { options: show }),
  };
}

function addrFlush(words: Words, show: ShowOptions): AddrFlush {
  if (words.done) throw new ToolError("Flush requires arguments.", 1);
  const family = show.family === "inet" || show.family === "inet6" ? { family: show.family } : {};
  return { op: "addr-flush", ...filterOf(words), ...family };
}
