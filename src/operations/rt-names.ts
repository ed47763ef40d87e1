import { unsigned } from "./words.ts";

/** The names of /etc/iproute2/rt_protos. */
const PROTOCOLS: readonly (readonly [number: number, name: string])[] = [
  [0, "unspec"],
  [1, "redirect"],
  [2, "kernel"],
  [3, "boot"],
  [4, "static"],
  [8, "gated"],
  [9, "ra"],
  [10, "mrt"],
  [11, "zebra"],
  [12, "bird"],
  [13, "dnrouted"],
  [14, "xorp"],
  [15, "ntk"],
  [16, "dhcp"],
  [18, "keepalived"],
  [42, "babel"],
  [99, "openr"],
  [186, "bgp"],
  [187, "isis"],
  [188, "ospf"],
  [189, "rip"],
  [192, "eigrp"],
];

/** The names of /etc/iproute2/rt_tables. */
const TABLES: readonly (readonly [number: number, name: string])[] = [
  [255, "local"],
  [254, "main"],
  [253, "default"],
  [0, "unspec"],
];

/** The names of /etc/iproute2/rt_dsfield. */
const DSFIELDS: readonly (readonly [number: number, name: string])[] = [
  [0x00, "default"],
  [0x28, "AF11"],
  [0x30, "AF12"],
  [0x38, "AF13"],
  [0x48, "AF21"],
  [0x50, "AF22"],
  [0x58, "AF23"],
  [0x68, "AF31"],
  [0x70, "AF32"],
  [0x78, "AF33"],
  [0x88, "AF41"],
  [0x90, "AF42"],
  [0x98, "AF43"],
  [0x20, "CS1"],
  [0x40, "CS2"],
  [0x60, "CS3"],
  [0x80, "CS4"],
  [0xa0, "CS5"],
  [0xc0, "CS6"],
  [0xe0, "CS7"],
  [0xb8, "EF"],
];

/** The name of a routing protocol, or its number where it has none (and always with `-N`). */
export function protocolName(protocol: number, numeric = false): string {
  const named = numeric ? undefined : PROTOCOLS.find(([number]) => number === protocol);
  return named?.[1] ?? `${protocol}`;
}

/** Reads a routing protocol by name or number; null when it is none. */
export function parseProtocol(text: string): number | null {
  return PROTOCOLS.find(([, name]) => name === text)?.[0] ?? unsigned(text, 255);
}

/** The name of a routing table, or its number where it has none (and always with `-N`). */
export function tableName(table: number, numeric = false): string {
  const named = numeric ? undefined : TABLES.find(([number]) => number === table);
  return named?.[1] ?? `${table}`;
}

/** Reads a routing table by name or number; null when it is none. */
export function parseTable(text: string): number | null {
  return TABLES.find(([, name]) => name === text)?.[0] ?? unsigned(text);
}

/** The name of a ToS, or its hexadecimal number where it has none (and always with `-N`). */
export function dsfieldName(tos: number, numeric = false): string {
  const named = numeric ? undefined : DSFIELDS.find(([number]) => number === tos);
  return named?.[1] ?? `0x${tos.toString(16).padStart(2, "0")}`;
}

/** Reads a ToS by name or as a hexadecimal number; null when it is none. */
export function parseDsfield(text: string): number | null {
  const named = DSFIELDS.find(([, name]) => name === text)?.[0];
  if (named !== undefined) return named;
  return /^\s*\+?(0[xX])?[0-9a-fA-F]+$/.test(text) && Number.parseInt(text, 16) <= 255
    ? Number.parseInt(text, 16)
    : null;
}
