import type { Element, IpSet } from "../../netfilter/ip-set.ts";
import * as ip from "../../wire/ipv4-address.ts";
import { ToolError } from "../tool-error.ts";
import { unsigned } from "../words.ts";
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
const PROTOCOLS: Readonly<Record<string, number>> = { tcp: 6, udp: 17, sctp: 132, udplite: 136, icmp: 1 };
const ICMP: Readonly<Record<string, number>> = { "echo-request": 0x0800, "echo-reply": 0 };

function syntax(message: string): ToolError {
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

/** All addresses of `A`, `A/LENGTH` or `A-B`. */
function addresses(text: string): number[] {
  const slash = text.indexOf("/");
  const dash = text.indexOf("-");
  if (slash < 0 && dash < 0) return [address(text)];
  const first = slash >= 0 ? address(text.slice(0, slash)) : address(text.slice(0, dash));
  const length = slash >= 0 ? prefixLength(text.slice(slash + 1)) : 0;
  const from = (slash >= 0 ? ip.network(first, length) : first) >>> 0;
  const to = (slash >= 0 ? ip.broadcast(first, length) : address(text.slice(dash + 1))) >>> 0;
  if (to - from >= MOST) throw failure(`overmesh: ${text} has more than ${MOST} addresses`);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => (from + i) | 0);
}

function port(text: string): number {
  const parsed = unsigned(text, 65535) ?? portOfService(text, "tcp") ?? portOfService(text, "udp");
  if (parsed === null) throw syntax(`cannot parse '${text}' as a port`);
  return parsed;
}

/** From and to of `80` or `80-90`. */
export function portRange(text: string): [number, number] {
  const [low = "", high = low] = text.split("-");
  const range: [number, number] = [port(low), port(high)];
  return range[0] <= range[1] ? range : [range[1], range[0]];
}

/** What a person means by an element of a set: several where ranges are named. @throws {ToolError} */
export function parseElements(set: IpSet, text: string, nomatch: boolean): Element[] {
  switch (set.type) {
    case "hash:ip":
      return addresses(text).map((one) => ({ kind: "net", address: one, length: 32, nomatch: false }));
    case "hash:net": {
      const [head = "", tail] = text.split("/");
      const length = tail === undefined ? 32 : prefixLength(tail);
      return [{ kind: "net", address: ip.network(address(head), length), length, nomatch }];
    }
    case "hash:ip,port": {
      const [head = "", tail] = text.split(",");
      if (tail === undefined) throw syntax(`Second element is missing from ${text}.`);
      const [protocolText, rest] = tail.includes(":") ? tail.split(":", 2) : ["tcp", tail];
      const protocol = PROTOCOLS[protocolText!] ?? unsigned(protocolText!, 255);
      if (protocol === null) throw syntax(`cannot parse '${protocolText}' as a protocol`);
      const [low, high] = protocol === 1 ? icmpRange(rest!) : portRange(rest!);
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
      const [low, high] = portRange(text);
      const [first, last] = set.options.range;
      if (low < first || high > last) throw failure("Element is out of the range of the set");
      return Array.from({ length: high - low + 1 }, (_, i) => ({ kind: "port", port: low + i }));
    }
    case "list:set":
      return [{ kind: "set", set: text }];
  }
}

function icmpRange(text: string): [number, number] {
  const [type = "", code = "0"] = text.split("/");
  const value = ICMP[text] ?? ((unsigned(type, 255) ?? 0) << 8) | (unsigned(code, 255) ?? 0);
  return [value, value];
}

/** An element as `ipset list` prints it. */
export function elementText(element: Element): string {
  switch (element.kind) {
    case "net":
      return `${ip.format(element.address)}${element.length === 32 ? "" : `/${element.length}`}${element.nomatch ? " nomatch" : ""}`;
    case "ip-port": {
      const name = Object.entries(PROTOCOLS).find(([, number]) => number === element.protocol)?.[0];
      const icmp = Object.entries(ICMP).find(([, value]) => value === element.port)?.[0];
      const what =
        element.protocol === 1 ? (icmp ?? `${element.port >>> 8}/${element.port & 255}`) : `${element.port}`;
      return `${ip.format(element.address)},${name ?? element.protocol}:${what}`;
    }
    case "port":
      return `${element.port}`;
    case "set":
      return element.set;
  }
}
