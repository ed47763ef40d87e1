import { own } from "../../base/own.ts";

/** What each option is called here by the names that one can type: its letter, or its name where it has none. */
const LONG: Readonly<Record<string, string>> = {
  dump: "L",
  create: "I",
  delete: "D",
  update: "U",
  get: "G",
  flush: "F",
  event: "E",
  counter: "C",
  add: "A",
  stats: "S",
  version: "V",
  help: "h",
  src: "s",
  "orig-src": "s",
  dst: "d",
  "orig-dst": "d",
  "reply-src": "r",
  "reply-dst": "q",
  protonum: "p",
  proto: "p",
  timeout: "t",
  status: "u",
  zero: "z",
  "event-mask": "e",
  mark: "m",
  family: "f",
  "src-nat": "n",
  "dst-nat": "g",
  "any-nat": "j",
  output: "o",
  secmark: "c",
  "buffer-size": "b",
  zone: "w",
  "orig-zone": "orig-zone",
  "reply-zone": "reply-zone",
  label: "l",
  "mask-src": "mask-src",
  "mask-dst": "mask-dst",
};

/** How messages call the options that have letters. */
export const NAMES: Readonly<Record<string, string>> = {
  s: "src",
  d: "dst",
  r: "reply-src",
  q: "reply-dst",
  p: "protonum",
  t: "timeout",
  u: "status",
  z: "zero",
  e: "event-mask",
  m: "mark",
  f: "family",
  n: "src-nat",
  g: "dst-nat",
  j: "any-nat",
  o: "output",
  c: "secmark",
  b: "buffer-size",
  w: "zone",
  l: "label",
};

/** Letters of commands. */
export const COMMANDS = "LIADUGFECSVh";
/** Letters of options that take an argument. */
export const WITH_ARGUMENT = "sdrqptuemfocbwl";
/** Letters of options whose argument, an address, may be missing. */
export const NAT = "ngj";

/** Names of options of protocols with ports, and the field of the filter. */
export const PORTS: Readonly<Record<string, "srcPort" | "dstPort" | "replySrcPort" | "replyDstPort">> = {
  sport: "srcPort",
  "orig-port-src": "srcPort",
  dport: "dstPort",
  "orig-port-dst": "dstPort",
  "reply-port-src": "replySrcPort",
  "reply-port-dst": "replyDstPort",
};

/** The same for ICMP. */
export const ICMP: Readonly<Record<string, "icmpType" | "icmpCode" | "icmpId">> = {
  "icmp-type": "icmpType",
  "icmp-code": "icmpCode",
  "icmp-id": "icmpId",
};

/** Nearly all options: whole tables know no entries. */
const NONE: readonly string[] = [..."sdrqptuemngjocbwlz", "orig-zone", "reply-zone"];

/** The options that a command does not take, by the letters and names that they have here. */
export const ILLEGAL: Readonly<Record<string, readonly string[]>> = {
  L: [..."tebc"],
  G: [..."tuebngjz"],
  D: [..."ebz"],
  I: [..."ebzo"],
  A: [..."ebzo"],
  U: [..."ebzw", "orig-zone", "reply-zone"],
  E: [..."tz"],
  F: NONE,
  C: NONE,
  S: NONE,
};

/** What an option is called here, by its name or by the beginning of it that no other has. */
export function longOption(name: string): string | undefined {
  const exact = own(LONG, name);
  if (exact !== undefined) return exact;
  const codes = new Set(Object.keys(LONG).flatMap((long) => (long.startsWith(name) ? [LONG[long]!] : [])));
  return codes.size === 1 ? [...codes][0] : undefined;
}
