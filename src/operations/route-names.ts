import type { RouteType, Scope } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { ToolError } from "./tool-error.ts";
import { same, unsigned, wrong } from "./words.ts";

/** The tables of /etc/iproute2 that give numbers names. */
const TABLES: Readonly<Record<string, number>> = { unspec: 0, default: 253, main: 254, local: 255 };
const SCOPES: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };
const PROTOCOLS: Readonly<Record<string, number>> = {
  unspec: 0,
  redirect: 1,
  kernel: 2,
  boot: 3,
  static: 4,
  gated: 8,
  ra: 9,
  mrt: 10,
  zebra: 11,
  bird: 12,
  dnrouted: 13,
  xorp: 14,
  ntk: 15,
  dhcp: 16,
  keepalived: 18,
  babel: 42,
  openr: 99,
  bgp: 186,
  isis: 187,
  ospf: 188,
  rip: 189,
  eigrp: 192,
};
const DSFIELDS: Readonly<Record<string, number>> = {
  default: 0x00,
  AF11: 0x28,
  AF12: 0x30,
  AF13: 0x38,
  AF21: 0x48,
  AF22: 0x50,
  AF23: 0x58,
  AF31: 0x68,
  AF32: 0x70,
  AF33: 0x78,
  AF41: 0x88,
  AF42: 0x90,
  AF43: 0x98,
  CS1: 0x20,
  CS2: 0x40,
  CS3: 0x60,
  CS4: 0x80,
  CS5: 0xa0,
  CS6: 0xc0,
  CS7: 0xe0,
  EF: 0xb8,
};
const TYPES: readonly RouteType[] = [
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
  "throw",
];

/** A number by its name or as it stands; null when it is neither. */
function numberOf(names: Readonly<Record<string, number>>, text: string, max: number): number | null {
  for (const [name, number] of Object.entries(names)) if (same(text, name)) return number;
  return unsigned(text, max);
}

function nameOf(names: Readonly<Record<string, number>>, value: number): string {
  return Object.keys(names).find((name) => names[name] === value) ?? `${value}`;
}

/** The number of a table, or null. */
export function tableOf(text: string): number | null {
  return numberOf(TABLES, text, 0xffffffff);
}

export function tableName(id: number): string {
  return nameOf(TABLES, id);
}

export function scopeOf(text: string): Scope | null {
  return numberOf(SCOPES, text, 255);
}

export function scopeName(scope: Scope): string {
  return nameOf(SCOPES, scope);
}

/** A protocol in the form in which routes keep it: its name, or its number as text; null when it is none. */
export function protocolOf(text: string): string | null {
  const value = numberOf(PROTOCOLS, text, 255);
  return value === null ? null : nameOf(PROTOCOLS, value);
}

/** The number of a protocol in that form, as `-N` shows it. */
export function protocolNumber(protocol: string): number {
  return numberOf(PROTOCOLS, protocol, 255) ?? 0;
}

/** A type of route, or null. */
export function routeTypeOf(text: string): RouteType | null {
  return TYPES.find((type) => same(text, type)) ?? null;
}

/** A ToS: hexadecimal, or one of the names of /etc/iproute2/rt_dsfield; null for anything else. */
export function tosOf(text: string): number | null {
  for (const [name, tos] of Object.entries(DSFIELDS)) if (same(text, name)) return tos;
  const match = /^(?:0x)?([0-9a-f]{1,2})$/i.exec(text);
  return match === null ? null : Number.parseInt(match[1]!, 16);
}

/** `0x10`, or the name of the ToS. */
export function formatTos(tos: number): string {
  const name = Object.keys(DSFIELDS).find((key) => DSFIELDS[key] === tos);
  return name ?? `0x${tos.toString(16).padStart(2, "0")}`;
}

/** An address that may be short: `10.7` is 10.7.0.0 (get_addr_ipv4); null when it is none. */
function parseShort(text: string): { readonly address: number; readonly parts: number } | null {
  const groups = text.split(".");
  if (groups.length > 4) return null;
  let address = 0;
  for (let i = 0; i < 4; i++) {
    const group = groups[i] ?? "0";
    const value = unsigned(group, 255);
    if (value === null || !/^\d/.test(group)) return null;
    address = (address << 8) | value;
  }
  return { address, parts: groups.length };
}

/** A prefix as iproute2 reads it: `default`, `10.7/16`, `10.0.0.0/255.0.0.0`; null when it is none. */
export function parsePrefix(text: string): ip.Prefix | null {
  if (same(text, "default") || text === "all" || text === "any") return { address: 0, length: 0 };
  const slash = text.indexOf("/");
  const parsed = parseShort(slash < 0 ? text : text.slice(0, slash));
  if (parsed === null) return null;
  const { address } = parsed;
  if (slash < 0) return { address, length: 32 };
  const mask = text.slice(slash + 1);
  const length = unsigned(mask, 32);
  if (length !== null) return { address, length };
  const quad = ip.parse(mask);
  const fromMask = quad === null ? null : ip.prefixLength(quad);
  return fromMask === null ? null : { address, length: fromMask };
}

/** The canonical text of a prefix, as operations keep it. @throws {ToolError} in iproute2's words */
export function readPrefix(text: string, family = "any valid"): string {
  const prefix = text.includes(":") ? null : parsePrefix(text);
  if (prefix !== null) return prefixText(prefix.address, prefix.length);
  if (/^[0-9a-f:]*:[0-9a-f:.]*(\/\d+)?$/i.test(text)) throw new ToolError("ip: IPv6 is not simulated", 1);
  throw new ToolError(`Error: ${family} prefix is expected rather than "${text}".`, 1);
}

/** @throws {ToolError} in iproute2's words */
export function readAddress(text: string, family = "inet"): string {
  const parsed = parseShort(text);
  if (parsed !== null) return ip.format(parsed.address);
  if (/^[0-9a-f:]*:[0-9a-f:.]*$/i.test(text)) throw new ToolError("ip: IPv6 is not simulated", 1);
  throw new ToolError(`Error: ${family} address is expected rather than "${text}".`, 1);
}

/** `default`, `10.0.0.1`, `10.0.0.0/24` */
export function prefixText(address: number, length: number): string {
  if (length === 0 && address === 0) return "default";
  return length === 32 ? ip.format(address) : ip.formatPrefix(address, length);
}

/** Turns what {@link readPrefix} gave back into numbers. */
export function prefixOf(text: string): ip.Prefix {
  return parsePrefix(text) ?? { address: 0, length: 0 };
}

/** A number behind a key, as iproute2 asks for it. @throws {ToolError} */
export function readNumber(text: string, key: string): number {
  const value = unsigned(text);
  if (value === null) throw wrong(text, `"${key}" value is invalid\n`);
  return value;
}
