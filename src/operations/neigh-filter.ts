import type { Neighbour } from "../net/neighbour.ts";
import type { ProxyNeighbour } from "../net/proxy-neighbours.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isIpv6, loosePrefix } from "./addresses.ts";
import type { Family } from "./ip-options.ts";
import { deviceNamed } from "./link-change.ts";
import { NUD, type NudWord, stateOf } from "./neigh-state.ts";
import type { OperationContext } from "./operation-context.ts";
import { wrong } from "./words.ts";

/** Which neighbours `ip neigh show` and `ip neigh flush` are about. */
export interface NeighFilter {
  readonly dev?: string;
  readonly master?: string;
  readonly nomaster?: true;
  readonly unused?: true;
  /** Absent: all but what needs no question (and, for a flush, what is permanent). */
  readonly nud?: readonly (NudWord | "all")[];
  readonly proxy?: true;
  readonly protocol?: string;
  readonly to?: string;
}

/** The words of a filter. */
export function filterWords(filter: NeighFilter): string[] {
  const words: string[] = [];
  if (filter.proxy) words.push("proxy");
  if (filter.to !== undefined) words.push("to", filter.to);
  if (filter.dev !== undefined) words.push("dev", filter.dev);
  if (filter.master !== undefined) words.push("master", filter.master);
  if (filter.nomaster) words.push("nomaster");
  if (filter.unused) words.push("unused");
  for (const nud of filter.nud ?? []) words.push("nud", nud);
  if (filter.protocol !== undefined) words.push("protocol", filter.protocol);
  return words;
}

/** NONE, which has no bit of its own, in a filter. */
const NONE_BIT = 0x100;
const ALL = 0x1ff;
export const SHOWN: number = 0xff & ~NUD.NOARP;
export const FLUSHED: number = ALL & ~NUD.PERMANENT & ~NUD.NOARP;

function maskOf(filter: NeighFilter, usual: number): number {
  if (filter.nud === undefined) return usual;
  let mask = 0;
  for (const word of filter.nud) mask |= word === "all" ? ALL : NUD[stateOf(word)] || NONE_BIT;
  return mask;
}

/**
 * The entries that a filter finds; `usual` are the states that count when it names none. IPv6 has no neighbours here.
 * @throws {ToolError} for a device or master that is not there
 */
export function neighboursOf(
  filter: NeighFilter,
  usual: number,
  context: OperationContext,
  family?: Family,
): readonly (Neighbour | ProxyNeighbour)[] {
  const { namespace } = context;
  const master = filter.master === undefined ? null : namespace.device(filter.master);
  if (filter.master !== undefined && master === null) throw wrong(filter.master, "Device does not exist\n");
  const device = filter.dev === undefined ? null : deviceNamed(context, filter.dev);
  if (family !== undefined && family !== "inet") return [];
  const mask = maskOf(filter, usual);
  const prefix = filter.to === undefined || isIpv6(filter.to) ? null : loosePrefix(filter.to);
  const noneOfThese = filter.to !== undefined && isIpv6(filter.to);
  const common = (n: Neighbour | ProxyNeighbour): boolean =>
    !noneOfThese &&
    (device === null || n.device === device) &&
    (master === null || n.device?.master === master) &&
    (!filter.nomaster || n.device === null || n.device.master === null) &&
    (prefix === null || ip.contains(prefix.address, prefix.length, n.address)) &&
    (filter.protocol === undefined || filter.protocol === "unspec" || n.protocol === filter.protocol);
  if (filter.proxy) return namespace.neighbours.proxies.list().filter(common);
  const ofState = (n: Neighbour): boolean => n.externLearn || ((NUD[n.state] || NONE_BIT) & mask) !== 0;
  return namespace.neighbours
    .list()
    .filter((n) => common(n) && ofState(n) && !(filter.unused === true && n.timed));
}
