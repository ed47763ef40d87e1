import * as ip from "../wire/ipv4-address.ts";
import type { Family } from "./ip-options.ts";
import { ToolError } from "./tool-error.ts";
import { same, unsigned } from "./words.ts";

/** Text that can only be an IPv6 address, or a prefix of one. */
export function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d{1,3})?$/.test(text);
}

/** `default`, `any`, `all`: every address. */
export function meansAll(text: string): boolean {
  return same(text, "default") || text === "any" || text === "all";
}

/**
 * Reads an IPv4 address as iproute2 does (get_addr_ipv4): one to four numbers (0x and 0 count), what is missing is 0;
 * null otherwise.
 */
export function looseAddress(text: string): number | null {
  const parts = text.split(".");
  if (parts.length > 4) return null;
  let address = 0;
  for (let i = 0; i < 4; i++) {
    const part = parts[i];
    const value = part === undefined ? 0 : unsigned(part, 255);
    if (value === null) return null;
    address = (address << 8) | value;
  }
  return address;
}

/** Reads `ADDRESS[/LENGTH|/NETMASK]`; null for anything else. */
export function loosePrefix(text: string): ip.Prefix | null {
  const slash = text.indexOf("/");
  const address = looseAddress(slash < 0 ? text : text.slice(0, slash));
  if (address === null) return null;
  if (slash < 0) return { address, length: 32 };
  const end = text.slice(slash + 1);
  const number = unsigned(end, 32);
  const mask = number === null ? ip.parse(end) : null;
  const length = number ?? (mask === null ? null : ip.prefixLength(mask));
  return length === null ? null : { address, length };
}

/** The family of what was read: the next address of the same command has to be of it. */
export function familyOf(text: string): "inet" | "inet6" {
  return isIpv6(text) ? "inet6" : "inet";
}

/**
 * Reads an address (get_addr): an IPv4 address in its one form, or an IPv6 one as it was typed.
 * @param family the one it must be of; undefined: any
 * @throws {ToolError} in iproute2's words
 */
export function readAddress(text: string, family: Family | undefined): string {
  if (isIpv6(text) && !text.includes("/") && family !== "inet") return text;
  const address = looseAddress(text);
  if (address === null || family === "inet6") throw expected("address", text, family);
  return ip.format(address);
}

/**
 * Reads a prefix (get_prefix) into its one form: `default`, `10.0.0.1`, `10.0.0.0/24`; an IPv6 one stays as it was typed.
 * @param family the one it must be of; undefined: any
 * @throws {ToolError} in iproute2's words
 */
export function readPrefix(text: string, family: Family | undefined): string {
  if (meansAll(text)) return "default";
  if (isIpv6(text) && family !== "inet") return text;
  const prefix = loosePrefix(text);
  if (prefix === null || family === "inet6") throw expected("prefix", text, family);
  return prefixText(prefix.address, prefix.length);
}

/** `any valid prefix is expected` and its kin. */
function expected(what: "address" | "prefix", text: string, family: Family | undefined): ToolError {
  return new ToolError(`Error: ${family ?? "any valid"} ${what} is expected rather than "${text}".`, 1);
}

/** `default`, `10.0.0.1`, `10.0.0.0/24` */
export function prefixText(address: number, length: number): string {
  if (length === 0 && address === 0) return "default";
  return length === 32 ? ip.format(address) : ip.formatPrefix(address, length);
}

/** Turns an IPv4 prefix that {@link readPrefix} gave into numbers. */
export function prefixOf(text: string): ip.Prefix {
  return (meansAll(text) ? null : loosePrefix(text)) ?? { address: 0, length: 0 };
}
