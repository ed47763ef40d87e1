import { familyOf, looseAddress, meansAll, readAddress, readPrefix } from "./addresses.ts";
import { ipNeighHelp } from "./help-texts.ts";
import type { Family, ShowOptions } from "./ip-options.ts";
import type { Mutable } from "./mutable.ts";
import type { NeighFilter } from "./neigh-filter.ts";
import type { NeighFlush } from "./neigh-flush.ts";
import type { NeighDel, NeighSet } from "./neigh-set.ts";
import type { NeighGet, NeighShow } from "./neigh-show.ts";
import { type NudWord, parseNud } from "./neigh-state.ts";
import type { Command } from "./operation.ts";
import { protocolOf } from "./route-names.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, garbage, matches, same, type Words, wrong } from "./words.ts";

/** Parses what stands after `ip neigh`. @throws {ToolError} */
export function parseIpNeigh(words: Words, show: ShowOptions): Command {
  if (words.done) return neighShow(words, show);
  const word = words.next();
  const is = (...full: readonly string[]): boolean => matches(word, ...full);
  if (is("add")) return { op: "neigh-set", verb: "add", ...parseModify(words, show.family) };
  if (is("change") || same(word, "chg"))
    return { op: "neigh-set", verb: "change", ...parseModify(words, show.family) };
  if (is("replace")) return { op: "neigh-set", verb: "replace", ...parseModify(words, show.family) };
  if (is("delete")) return neighDel(words, show);
  if (is("get")) return neighGet(words, show);
  if (is("show", "list", "lst")) return neighShow(words, show);
  if (is("flush")) return neighFlush(words, show);
  if (is("help")) throw help();
  throw new ToolError(`Command "${word}" is unknown, try "ip neigh help".`, 255);
}

function help(): ToolError {
  return new ToolError(ipNeighHelp, 255);
}

type Modify = Omit<NeighSet, "op" | "verb">;

/** ipneigh_modify. @throws {ToolError} */
function parseModify(words: Words, family: Family | undefined): Modify {
  const to: Mutable<Partial<Modify>> = {};
  let lladdr: string | undefined;
  let address: string | null | undefined;
  while (!words.done) {
    let word = words.next();
    if (matches(word, "lladdr")) {
      const value = words.next();
      if (lladdr !== undefined) throw duplicate("lladdr", value);
      lladdr = value;
    } else if (same(word, "nud")) {
      const value = words.next();
      const nud = parseNud(value);
      if (nud === null) throw wrong(value, "nud state is bad");
      to.nud = nud;
    } else if (matches(word, "proxy")) {
      const value = words.next();
      if (matches(value, "help")) throw help();
      if (address !== undefined) throw duplicate("address", value);
      address = neighbour(value, family);
      to.proxy = true;
    } else if (same(word, "router")) to.router = true;
    else if (same(word, "use")) to.use = true;
    else if (word === "managed") throw new ToolError("ip neigh: managed: not simulated", 1);
    else if (matches(word, "extern_learn")) to.externLearn = true;
    else if (same(word, "dev")) to.dev = words.next("device");
    else if (matches(word, "protocol")) to.protocol = readProtocol(words, '"protocol" value is invalid\n');
    else {
      if (same(word, "to")) word = words.next();
      if (matches(word, "help")) word = words.next();
      if (address !== undefined) throw garbage("to", word);
      address = neighbour(word, family);
    }
  }
  if (address === undefined || address === null || (to.dev === undefined && !to.proxy))
    throw new ToolError("Device and destination are required arguments.", 255);
  if (lladdr !== undefined && lladdr !== "null") to.lladdr = linkLayerBytes(lladdr);
  return { ...to, address };
}

/** An address in its one form; null for `any` and its like. @throws {ToolError} */
function neighbour(text: string, family: Family | undefined): string | null {
  return meansAll(text) ? null : readAddress(text, family);
}

function readProtocol(words: Words, why: string): string {
  const value = words.next();
  const protocol = protocolOf(value);
  if (protocol === null) throw wrong(value, why);
  return protocol;
}

/** Bytes in hexadecimal between colons, or an IPv4 address (ll_addr_a2n); how many is the kernel's affair. @throws {ToolError} */
function linkLayerBytes(text: string): string {
  if (text.includes(".")) {
    const address = looseAddress(text);
    if (address === null) throw new ToolError(`"${text}" is invalid lladdr.`, 1);
    return [24, 16, 8, 0].map((shift) => hex((address >>> shift) & 255)).join(":");
  }
  const bytes = text.split(":").map((group) => {
    const digits = /^\s*(?:0[xX])?([0-9a-fA-F]+)/.exec(group);
    const value = digits === null ? 256 : Number.parseInt(digits[1]!, 16);
    if (value > 255) throw new ToolError(`"${group}" is invalid lladdr.`, 1);
    return hex(value);
  });
  return bytes.join(":");
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

/** What else stands there is checked as for the others, and does not count. */
function neighDel(words: Words, show: ShowOptions): NeighDel {
  const { address, dev, proxy } = parseModify(words, show.family);
  return {
    op: "neigh-del",
    address,
    ...(dev === undefined ? {} : { dev }),
    ...(proxy === undefined ? {} : { proxy }),
  };
}

function neighGet(words: Words, show: ShowOptions): NeighGet {
  let dev: string | undefined;
  let proxy = false;
  let address: string | null | undefined;
  while (!words.done) {
    let word = words.next();
    if (same(word, "dev")) {
      dev = words.next("device");
      continue;
    }
    if (matches(word, "proxy")) {
      word = words.next();
      if (matches(word, "help")) throw help();
      if (address !== undefined) throw duplicate("address", word);
      proxy = true;
    } else {
      if (same(word, "to")) word = words.next();
      if (matches(word, "help")) throw help();
      if (address !== undefined) throw garbage("to", word);
    }
    address = neighbour(word, show.family);
  }
  if (address === undefined || address === null || (dev === undefined && !proxy))
    throw new ToolError("Device and address are required arguments.", 1);
  return {
    ask: "neigh-get",
    address,
    ...(dev === undefined ? {} : { dev }),
    ...(proxy ? { proxy: true } : {}),
    ...optionsOf(show),
  };
}

function optionsOf(show: ShowOptions): { readonly options?: ShowOptions } {
  return Object.keys(show).length === 0 ? {} : { options: show };
}

function neighShow(words: Words, show: ShowOptions): NeighShow {
  return { ask: "neigh-show", ...parseFilter(words, show.family), ...optionsOf(show) };
}

function neighFlush(words: Words, show: ShowOptions): NeighFlush {
  if (words.done) throw new ToolError("Flush requires arguments.", 1);
  return { op: "neigh-flush", ...parseFilter(words, show.family), ...optionsOf(show) };
}

/** do_show_or_flush. @throws {ToolError} */
function parseFilter(words: Words, family: Family | undefined): NeighFilter {
  const filter: Mutable<NeighFilter> = {};
  const nud: (NudWord | "all")[] = [];
  let known = family;
  while (!words.done) {
    let word = words.next();
    if (same(word, "dev")) {
      const dev = words.next("device");
      if (filter.dev !== undefined) throw duplicate("dev", dev);
      filter.dev = dev;
    } else if (same(word, "master")) {
      const master = words.next("device");
      if (filter.master !== undefined) throw duplicate("master", master);
      filter.master = master;
    } else if (same(word, "vrf")) throw wrong(words.next(), "Not a valid VRF name\n");
    else if (same(word, "nomaster")) filter.nomaster = true;
    else if (same(word, "unused")) filter.unused = true;
    else if (same(word, "nud")) {
      const value = words.next();
      const state = value === "all" ? value : parseNud(value);
      if (state === null) throw wrong(value, "nud state is bad");
      if (!nud.includes(state)) nud.push(state);
    } else if (same(word, "proxy")) filter.proxy = true;
    else if (matches(word, "protocol")) filter.protocol = readProtocol(words, 'invalid "protocol"\n');
    else {
      if (same(word, "to")) word = words.next();
      if (matches(word, "help")) throw help();
      delete filter.to;
      if (meansAll(word)) continue;
      filter.to = readPrefix(word, known);
      known ??= familyOf(filter.to);
    }
  }
  return nud.length === 0 ? filter : { ...filter, nud };
}
