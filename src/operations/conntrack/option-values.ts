import { own } from "../../base/own.ts";
import { unsigned } from "../words.ts";
import { wrong } from "./conntrack-messages.ts";

const PROTOCOLS: Readonly<Record<string, number>> = {
  tcp: 6,
  udp: 17,
  icmp: 1,
  udplite: 136,
  sctp: 132,
  dccp: 33,
  gre: 47,
  icmpv6: 58,
};

/** Names that commas part. @throws {ToolError} for one that is not known */
export function list(text: string, knows: (name: string) => boolean): string[] {
  const names = text.split(",");
  for (const name of names) if (!knows(name)) throw wrong(`Bad parameter \`${name}'`);
  return names;
}

/** As strtoul reads it with base 0: decimal, hexadecimal after `0x`, octal after `0`. What is no number is 0. */
export function number(text: string): number {
  const digits = /^(?:0[xX][\da-fA-F]+|0[0-7]*|[1-9]\d*)/.exec(text)?.[0] ?? "0";
  return unsigned(digits, Number.MAX_VALUE) ?? 0;
}

/** `VALUE[/MASK]`. */
export function masked(text: string): { readonly value: number; readonly mask: number } {
  const [value = "", mask] = text.split("/");
  return { value: number(value), mask: mask === undefined ? 0xffffffff : number(mask) };
}

/** @throws {ToolError} */
export function protocolNumber(text: string): number {
  const named = own(PROTOCOLS, text.toLowerCase());
  if (named !== undefined) return named;
  if (/^\d+$/.test(text) && Number(text) < 256) return Number(text);
  throw wrong(`\`${text}' unsupported protocol`);
}
