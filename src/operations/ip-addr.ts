import * as ip from "../wire/ipv4-address.ts";
import type { AddrAdd, AddrDel } from "./addr-change.ts";
import type { AddressFilter, AddrFlush, AddrShow } from "./addr-show.ts";
import { familyOf, loosePrefix, meansAll, readAddress, readPrefix } from "./addresses.ts";
import { ipAddressHelp } from "./help-texts.ts";
import { parseFilter } from "./ip-link.ts";
import type { Family, ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import type { Command } from "./operation.ts";
import { scopeOf } from "./route-names.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, garbage, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** Parses what stands after `ip addr`. @throws {ToolError} */
export function parseIpAddr(words: Words, show: ShowOptions): Command {
  if (words.done) return addrShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return addrAdd(words, show, undefined);
  if (is("change") || same(word, "chg")) return addrAdd(words, show, "change");
  if (is("replace")) return addrAdd(words, show, "replace");
  if (is("delete")) return addrDel(words, show);
  if (is("show", "list", "lst")) return addrShow(words, show);
  if (is("flush")) return addrFlush(words, show);
  if (is("save", "restore", "showdump")) throw new ToolError(`ip addr ${word}: not simulated`, 1);
  if (is("help")) throw new ToolError(ipAddressHelp, 255);
  throw new ToolError(`Command "${word}" is unknown, try "ip address help".`, 255);
}

type Parsed = Mutable<Omit<AddrAdd, "op" | "dev">> & { dev?: string };

function addrAdd(words: Words, show: ShowOptions, verb: AddrAdd["verb"]): AddrAdd {
  const { dev, ...rest } = parseAddress(words, show.family);
  return { op: "addr-add", dev, ...(verb === undefined ? {} : { verb }), ...rest };
}

function addrDel(words: Words, show: ShowOptions): AddrDel {
  const { dev, address, peer, label } = parseAddress(words, show.family);
  return {
    op: "addr-del",
    dev,
    ...(address === undefined ? {} : { address }),
    ...(peer === undefined ? {} : { peer }),
    ...(label === undefined ? {} : { label }),
  };
}

/** ipaddr_modify. @throws {ToolError} */
function parseAddress(words: Words, given: Family | undefined): Parsed & { dev: string } {
  const to: Parsed = {};
  let family = given;
  let broadcast: string | undefined;
  while (!words.done) {
    const word = words.next();
    if (same(word, "peer", "remote")) {
      if (to.peer !== undefined) throw duplicate("peer", words.next());
      to.peer = withLength(words.next(), family);
      family ??= familyOf(to.peer);
    } else if (matches(word, "broadcast") || same(word, "brd")) {
      const value = words.next();
      if (broadcast !== undefined) throw duplicate("broadcast", value);
      broadcast = value === "+" || value === "-" ? value : readAddress(value, family);
    } else if (word === "anycast") throw new ToolError("ip addr: anycast is not simulated", 1);
    else if (same(word, "scope")) {
      const scope = words.next();
      if (scopeOf(scope) === null) throw wrong(scope, "invalid scope value.");
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
      if (meansAll(text)) continue;
      to.address = withLength(text, family);
      family ??= familyOf(to.address);
    }
  }
  if (to.dev === undefined) throw new ToolError('Not enough information: "dev" argument is required.', 1);
  const brd = broadcast === undefined ? undefined : broadcastText(broadcast, to);
  return { ...to, dev: to.dev, ...(brd === undefined ? {} : { broadcast: brd }) };
}

/** As {@link readPrefix}, but a length that was typed stays: an address without one is deleted in another way. @throws {ToolError} */
function withLength(text: string, family: Family | undefined): string {
  const read = readPrefix(text, family);
  const prefix = loosePrefix(text);
  return prefix !== null && text.includes("/") ? ip.formatPrefix(prefix.address, prefix.length) : read;
}

/** `+` and `-` set and clear the bits of the host, where there are some besides those of a point-to-point link. */
function broadcastText(text: string, of: Parsed): string | undefined {
  if (text !== "+" && text !== "-") return text;
  const prefix = of.address === undefined ? null : loosePrefix(of.peer ?? of.address);
  if (prefix === null) throw new ToolError("Broadcast can be set only for IPv4 addresses", 1);
  const { address, length } = prefix;
  if (length > 30) return undefined;
  return ip.format(text === "+" ? ip.broadcast(address, length) : ip.network(address, length));
}

function filterOf(words: Words, family: Family | undefined): AddressFilter {
  const filter: Mutable<AddressFilter> = {};
  const rest = parseFilter(words, (w) => {
    if (w.takes("to")) {
      filter.to = readPrefix(w.next(), family);
      return true;
    }
    if (w.takes("scope")) {
      const scope = w.next();
      if (scope !== "all" && scopeOf(scope) === null) throw wrong(scope, 'invalid "scope"\n');
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
    ...filterOf(words, show.family),
    ...(Object.keys(show).length === 0 ? {} : { options: show }),
  };
}

function addrFlush(words: Words, show: ShowOptions): AddrFlush {
  if (words.done) throw new ToolError("Flush requires arguments.", 1);
  const family = show.family === "inet" || show.family === "inet6" ? { family: show.family } : {};
  const filter = filterOf(words, show.family);
  if (show.family === "link") throw new ToolError("Cannot flush link addresses.", 1);
  return { op: "addr-flush", ...filter, ...family };
}
