import type { Element, IpSet } from "../../netfilter/ip-set.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { ToolError } from "../tool-error.ts";
import { unsigned } from "../words.ts";
import { icmpNames } from "../xtables/icmp-names.ts";
import { listedProtocol, parseProtocol } from "../xtables/protocols.ts";
import { portOfService } from "../xtables/services.ts";

export const PROGRAM = "ipset v7.17";

/** The kernel or the tool refuses, in the tool's words. */
export function failure(message: string): ToolError {
  return new ToolError(`${PROGRAM}: ${message}`, 1);
}

/** The command line is wrong. */
export function misuse(message: string): ToolError {
  return new ToolError(`${PROGRAM}: ${message}\nTry \`ipset help' for more information.`, 2);
}

/** More than this many addresses of a range are refused here. */
const MOST = 65536;

/** Types and codes of ICMP by name: those whose name means one code. */
const icmpCodes: ReadonlyMap<string, number> = new Map(
  icmpNames.flatMap(([name, type, from, to]): [string, number][] => {
    if (from === to) return [[name, (type << 8) | from]];
    const hasCodes = icmpNames.some((other) => other[1] === type && other[2] === other[3]);
    return hasCodes || name === "any" ? [] : [[name, type << 8]];
  }),
);

const PORTED: readonly string[] = ["tcp", "udp", "sctp", "udplite"];

/** What is done with an element; a question is about one alone. */
type Deed = "add" | "del" | "test";

export function syntax(message: string): ToolError {
  return failure(`Syntax error: ${message}`);
}

function address(text: string): number {
  const parsed = ip.parse(text);
  if (parsed === null) throw syntax(`cannot parse ${text}: resolving to IPv4 address failed`);
  return parsed;
}

function prefixLength(text: string): number {
  const length = unsigned(text, 32);
  if (length === null) throw syntax(`'${text}' is out of range 0-32`);
  if (length === 0) throw failure("The value of the CIDR parameter of the IP address is invalid");
  return length;
}

/** First and last of `A`, `A/LENGTH` or `A-B`, as uint32. */
function addressRange(text: string): [number, number] {
  const slash = text.indexOf("/");
  const dash = text.indexOf("-");
  if (slash >= 0) {
    const first = address(text.slice(0, slash));
    const length = prefixLength(text.slice(slash + 1));
    return [ip.network(first, length) >>> 0, ip.broadcast(first, length) >>> 0];
  }
  if (dash < 0) return [address(text) >>> 0, address(text) >>> 0];
  const ends = [address(text.slice(0, dash)) >>> 0, address(text.slice(dash + 1)) >>> 0] as const;
  return [Math.min(...ends), Math.max(...ends)];
}

/** All addresses of a range. */
function addresses(text: string): number[] {
  const [from, to] = addressRange(text);
  if (to - from >= MOST) throw failure(`overmesh: ${text} has more than ${MOST} addresses`);
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) | 0);
}

/** The fewest nets that make up a range. */
function netsOf(text: string): { readonly address: number; readonly length: number }[] {
  const [first, last] = addressRange(text);
  const nets: { address: number; length: number }[] = [];
  for (let from = first; from <= last; ) {
    let size = 1;
    while (size < 2 ** 31 && from % (size * 2) === 0 && from + size * 2 - 1 <= last) size *= 2;
    nets.push({ address: from | 0, length: 32 - Math.log2(size) });
    from += size;
  }
  return nets;
}

function port(text: string, protocol: string): number {
  const parsed =
    unsigned(text, 65535) ??
    (protocol === "udp"
      ? portOfService(text, "udp")
      : (portOfService(text, "tcp") ?? portOfService(text, "udp")));
  if (parsed !== null) return parsed;
  const why = /^-?\d+$/.test(text) ? "is out of range 0-65535" : "is invalid as number";
  const again = `Syntax error: '${protocol}' is invalid as number`;
  throw syntax(`'${text}' ${why}\n${again}\ncannot parse '${text}' as a ${protocol} port`);
}

/** From and to of `80` or `80-90`. */
export function portRange(text: string, protocol = "tcp"): [number, number] {
  const dash = text.indexOf("-", 1);
  const low = port(dash < 0 ? text : text.slice(0, dash), protocol);
  const high = dash < 0 ? low : port(text.slice(dash + 1), protocol);
  return low <= high ? [low, high] : [high, low];
}

/** `PROTOCOL:PORTS`, `icmp:TYPE` or `PORTS` of TCP. */
function readPorts(text: string): { readonly protocol: number; readonly range: readonly [number, number] } {
  const colon = text.indexOf(":");
  if (colon <= 0 || colon === text.length - 1) return { protocol: 6, range: portRange(text) };
  const name = text.slice(0, colon);
  const rest = text.slice(colon + 1);
  const protocol = protocolOf(name);
  if (protocol === null) throw syntax(`cannot parse '${name}' as a protocol`);
  if (protocol === 1) return { protocol, range: icmpRange(rest) };
  const canonical = protocolName(protocol);
  if (PORTED.includes(canonical)) return { protocol, range: portRange(rest, canonical) };
  if (rest !== "0") throw syntax(`Protocol ${canonical} can be used with pseudo port value 0 only.`);
  if (protocol === 0) throw failure("Invalid protocol specified");
  return { protocol, range: [0, 0] };
}

function protocolOf(name: string): number | null {
  if (name === "all") return null;
  try {
    return parseProtocol(name);
  } catch {
    return null;
  }
}

function protocolName(protocol: number): string {
  return protocol === 0 ? "0" : (listedProtocol(protocol) ?? `${protocol}`);
}

function icmpRange(text: string): readonly [number, number] {
  const known = icmpCodes.get(text);
  const [type = "", code = ""] = text.split("/");
  if (known === undefined && (type === "" || code === ""))
    throw failure(`Cannot parse ${text} as an ICMP type/code.`);
  const byte = (part: string): number => {
    const value = unsigned(part, 255);
    if (value === null) throw syntax(`'${part}' is out of range 0-255`);
    return value;
  };
  const value = known ?? (byte(type) << 8) | byte(code);
  return [value, value];
}

/** An element has as many parts as its set has dimensions. */
function partsOf(set: IpSet, text: string): [string, string] {
  const [head = "", tail, third] = text.split(",");
  if (set.type !== "hash:ip,port") {
    if (tail !== undefined && set.type !== "list:set")
      throw syntax(`Elem separator in ${text}, but settype ${set.type} supports none.`);
    return [text, ""];
  }
  if (tail === undefined || tail === "") throw syntax(`Second element is missing from ${text}.`);
  if (third !== undefined)
    throw syntax(`Two elem separators in ${text}, but settype ${set.type} supports one.`);
  return [head, tail];
}

function refuseRange(set: IpSet, deed: Deed, what: string): void {
  if (deed !== "test") return;
  const family = set.type === "bitmap:port" ? "unspec" : "inet";
  throw failure(
    `${what} range is not allowed in command test with set type ${set.type} and family ${family}`,
  );
}

/** What a person means by an element of a set: several where ranges are named. @throws {ToolError} */
export function parseElements(set: IpSet, text: string, nomatch: boolean, deed: Deed): Element[] {
  const [head, tail] = partsOf(set, text);
  if (head.includes("-") && (set.type === "hash:net" || set.type === "hash:ip,port"))
    refuseRange(set, deed, "FROM-TO IP");
  switch (set.type) {
    case "hash:ip":
      return addresses(head).map((one) => ({ kind: "net", address: one, length: 32, nomatch: false }));
    case "hash:net":
      return netsOf(head).map((net) => ({ kind: "net", ...net, nomatch }));
    case "hash:ip,port": {
      if (head.includes("/")) refuseRange(set, deed, "IP/CIDR");
      const { protocol, range } = readPorts(tail);
      const [low, high] = range;
      if (low !== high) refuseRange(set, deed, "FROM-TO port");
      return addresses(head).flatMap((one) =>
        Array.from({ length: high - low + 1 }, (_, i) => ({
          kind: "ip-port" as const,
          address: one,
          protocol,
          port: low + i,
        })),
      );
    }
    case "bitmap:port": {
      const [low, high] = readPorts(head).range;
      const [first, last] = set.options.range;
      if (low !== high) refuseRange(set, deed, "FROM-TO port");
      if (deed !== "test" && (low < first || high > last))
        throw failure("Element is out of the range of the set");
      return Array.from({ length: high - low + 1 }, (_, i) => ({ kind: "port", port: low + i }));
    }
    case "list:set":
      return [{ kind: "set", set: head }];
  }
}

/** An element as `ipset list` prints it. */
export function elementText(element: Element): string {
  switch (element.kind) {
    case "net":
      return `${ip.format(element.address)}${element.length === 32 ? "" : `/${element.length}`}${element.nomatch ? " nomatch" : ""}`;
    case "ip-port": {
      const icmp = [...icmpCodes].find(([, value]) => value === element.port)?.[0];
      const what =
        element.protocol === 1 ? (icmp ?? `${element.port >>> 8}/${element.port & 255}`) : `${element.port}`;
      return `${ip.format(element.address)},${protocolName(element.protocol)}:${what}`;
    }
    case "port":
      return `${element.port}`;
    case "set":
      return element.set;
  }
}
