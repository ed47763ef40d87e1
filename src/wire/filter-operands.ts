import type { Filter, Place } from "./filter.ts";
import { FilterError } from "./filter-lexer.ts";
import * as names from "./filter-names.ts";
import type { Qualifiers } from "./filter-primitives.ts";
import * as primitives from "./filter-primitives.ts";
import * as mac from "./mac.ts";

/** What a number, an address or a name of a filter expression stands for, under the qualifiers that it has. */

/** IPv4 addresses of a host by name (int32), an empty list for an unknown one. */
export type Resolve = (name: string) => readonly number[];

/** Reads `10`, `10.1`, `10.1.2` or a whole address as its bytes say, and how many bits they are. */
export function shortAddress(text: string): { readonly address: number; readonly bits: number } {
  const groups = text.split(".").map(Number);
  if (groups.some((group) => !(group <= 255))) throw new FilterError(`invalid IPv4 address '${text}'`);
  let address = 0;
  for (const group of groups) address = (address << 8) | group;
  const bits = groups.length * 8;
  return { address: address << (32 - bits), bits };
}

/** What libpcap says when an address follows something that has no qualifiers. */
export function need(q: Qualifiers | null): Qualifiers {
  if (q === null) throw new FilterError("syntax error in filter expression");
  return q;
}

/** A number under qualifiers: a port, a protocol, a host or a network. */
export function byNumber(given: Qualifiers | null, number: number, place: Place): Filter {
  const q = need(given);
  switch (q.type) {
    case "port":
    case "portrange":
      primitives.checkPortQualifier(q);
      primitives.checkPort(number);
      return primitives.ports(q, number, number, place);
    case "proto":
      return primitives.protocolNumber(q, number, place);
    case "gateway":
      throw new FilterError("'gateway' requires a name");
    default:
      if (q.protocol === "link") throw new FilterError("illegal link layer address");
      return hostNumber(q, number, place);
  }
}

/** `net 10` is 10.0.0.0/8, but `host 10` is 0.0.0.10. */
function hostNumber(q: Qualifiers, number: number, place: Place): Filter {
  let address = number | 0;
  let mask = -1;
  if (q.type === "net") {
    for (; address !== 0 && address >>> 24 === 0; mask <<= 8) address <<= 8;
  }
  return primitives.host(q, address, mask, place);
}

/** An address with a mask. */
export function network(q: Qualifiers, address: number, mask: number, place: Place): Filter {
  if (q.type !== "net") throw new FilterError("Mask syntax for networks only");
  return primitives.host(q, address, mask, place);
}

/** A MAC address, in any of the ways in which tcpdump reads one. */
export function byMac(given: Qualifiers | null, text: string, place: Place): Filter {
  const q = need(given);
  if (q.protocol !== "link" || (q.type !== "host" && q.type !== null)) {
    throw new FilterError("ethernet address used in non-ether expression");
  }
  const groups = /[:-]/.test(text) || text.split(".").length === 6 ? text.split(/[:.-]/) : null;
  const pairs = groups ?? text.replaceAll(".", "").match(/../g)!;
  const { hi, lo } = mac.parse(pairs.join(":"))!;
  return { kind: "ether-host", direction: q.direction ?? "either", hi, lo, place };
}

/** A name under qualifiers: a host, a port, a range of ports or a protocol. */
export function byName(given: Qualifiers | null, name: string, place: Place, resolve: Resolve): Filter {
  const q = need(given);
  switch (q.type) {
    case "net":
      throw new FilterError(`unknown network '${name}'`);
    case "port":
      return portName(q, name, place);
    case "portrange":
      return portRange(q, name, place);
    case "proto":
      return primitives.protocolNumber(q, protocolName(q, name), place);
    case "gateway":
      throw new FilterError("'gateway' not supported in this configuration");
    default:
      return hostName(q, name, place, resolve);
  }
}

function hostName(q: Qualifiers, name: string, place: Place, resolve: Resolve): Filter {
  if (q.protocol === "link") throw new FilterError(`unknown ether host '${name}'`);
  const addresses = resolve(name);
  if (addresses.length === 0) throw new FilterError(`unknown host '${name}'`);
  return addresses.map((address) => primitives.host(q, address, -1, place)).reduce(primitives.or);
}

function portName(q: Qualifiers, name: string, place: Place): Filter {
  primitives.checkPortQualifier(q);
  const service = names.serviceOf(name);
  if (service === null) throw new FilterError(`unknown port '${name}'`);
  const { port, transport } = service;
  if (transport !== "both" && q.protocol !== null && q.protocol !== transport) {
    throw new FilterError(`port '${name}' is ${transport}`);
  }
  const number = transport === "both" ? null : names.IP_PROTOCOLS[transport]!;
  return primitives.ports(q, port, port, place, number);
}

function portRange(q: Qualifiers, text: string, place: Place): Filter {
  primitives.checkPortQualifier(q);
  const match = /^(\d+)-(\d+)/.exec(text);
  if (match === null) throw new FilterError(`unknown port in range '${text}'`);
  const from = Number(match[1]);
  const to = Number(match[2]);
  primitives.checkPort(from);
  primitives.checkPort(to);
  return primitives.ports(q, from, to, place);
}

function protocolName(q: Qualifiers, name: string): number {
  if (q.protocol === "link") {
    const type = names.ethertypeOf(name);
    if (type === null) throw new FilterError(`unknown ether proto '${name}'`);
    return type;
  }
  if (q.protocol !== null && q.protocol !== "ip" && q.protocol !== "ip6") {
    throw new FilterError(`unknown protocol: ${name}`);
  }
  const protocol = names.protocolOf(name);
  if (protocol === null) throw new FilterError(`unknown ip proto '${name}'`);
  return protocol;
}

/** An address without a mask: as many of its bytes as are written count. */
export function byAddress(q: Qualifiers | null, text: string, place: Place): Filter {
  if (q !== null && (q.type === "port" || q.type === "portrange" || q.type === "proto")) {
    throw new FilterError(`'${q.type}' modifier applied to ip host`);
  }
  const { address, bits } = shortAddress(text);
  if (need(q).type === "gateway") throw new FilterError("'gateway' requires a name");
  if (q!.protocol === "link") throw new FilterError("illegal link layer address");
  return primitives.host(q!, address, -1 << (32 - bits), place);
}
