import { RouteTable, type RouteType, Scope } from "../net/route-kind.ts";
import { same, unsigned, wrong } from "./words.ts";

/** The tables of /etc/iproute2 that give numbers names. */
const TABLES: Readonly<Record<string, number>> = { unspec: 0, ...RouteTable };
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
  return numberOf(Scope, text, 255);
}

export function scopeName(scope: Scope): string {
  return nameOf(Scope, scope);
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

/** A number behind a key, as iproute2 asks for it. @throws {ToolError} */
export function readNumber(text: string, key: string): number {
  const value = unsigned(text);
  if (value === null) throw wrong(text, `"${key}" value is invalid\n`);
  return value;
}
