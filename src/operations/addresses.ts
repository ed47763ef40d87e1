import { Scope } from "../net/route-kind.ts";
import * as ip from "../wire/ipv4-address.ts";
import { ToolError } from "./tool-error.ts";
import { unsigned } from "./words.ts";

/** Text that can only be an IPv6 address, or a prefix of one. */
export function isIpv6(text: string): boolean {
  return /^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(\/\d{1,3})?$/.test(text);
}

/** Reads an IPv4 address as iproute2 does: one to four numbers (0x and 0 count), what is missing is 0; null otherwise. */
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

const SCOPES: ReadonlyMap<number, string> = new Map(
  Object.entries(Scope).map(([name, value]) => [value, name]),
);

/** The name of a scope, or its number. */
export function scopeName(scope: Scope): string {
  return SCOPES.get(scope) ?? `${scope}`;
}

/** Reads a scope; null when it is none. */
export function parseScope(text: string): Scope | null {
  const named = Object.entries(Scope).find(([name]) => name === text);
  return named === undefined ? unsigned(text, 255) : named[1];
}

/** `any valid prefix is expected` and its kin. */
export function expected(what: string, text: string): ToolError {
  return new ToolError(`Error: ${what} is expected rather than "${text}".`, 1);
}
