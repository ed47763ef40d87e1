import * as mac from "../wire/mac.ts";
import type { ValueKind } from "./expected.ts";
import type { Mutable } from "./mutable.ts";
import { ToolError } from "./tool-error.ts";
import { among, duplicate, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** What `ip link add` and `ip link set` can say of any device; what is absent stays as it is. */
export interface LinkAttributes {
  readonly up?: boolean;
  readonly name?: string;
  readonly index?: number;
  readonly address?: string;
  readonly broadcast?: string;
  readonly mtu?: number;
  readonly txqueuelen?: number;
  readonly group?: number;
  readonly arp?: boolean;
  readonly dynamic?: boolean;
  readonly multicast?: boolean;
  readonly allmulticast?: boolean;
  readonly promisc?: boolean;
  readonly trailers?: boolean;
  readonly carrier?: boolean;
  readonly protodown?: boolean;
  readonly alias?: string;
  /** Null: `nomaster`. */
  readonly master?: string | null;
  /** The namespace it goes to: a name, a path or a process number. */
  readonly into?: string;
  readonly numtxqueues?: number;
  readonly numrxqueues?: number;
  readonly addrgenmode?: (typeof ADDRGENMODES)[number];
}
export type MutableLinkAttributes = Mutable<LinkAttributes>;

const SWITCHES = ["multicast", "allmulticast", "promisc", "trailers", "arp", "dynamic"] as const;
/** Switches whose mistakes are told in other words. */
const STRICT_SWITCHES = ["carrier", "protodown"] as const;
const ADDRGENMODES = ["eui64", "none", "stable_secret", "random"] as const;

/** Keys that may be shortened, in the order in which iproute2 compares them. */
const ABBREVIATED: readonly string[] = [
  "address",
  "broadcast",
  "txqueuelen",
  "txqlen",
  "master",
  "nomaster",
  "dynamic",
  "alias",
  "numtxqueues",
  "numrxqueues",
  "addrgenmode",
];

/** Keys that must be written out. They are asked first, though iproute2 mixes both: no two of them begin alike. */
const EXACT: ReadonlySet<string> = new Set([
  "up",
  "down",
  "name",
  "index",
  "brd",
  "qlen",
  "mtu",
  "netns",
  "vrf",
  "group",
  ...SWITCHES,
  ...STRICT_SWITCHES,
]);

const VALUES: Readonly<Record<string, ValueKind>> = { master: "device", vrf: "device", netns: "namespace" };

/** A link-layer address in its one form. @throws {ToolError} */
function linkLayerAddress(text: string): string {
  const bytes = text.split(":").map((group) => {
    const digits = /^[0-9a-fA-F]+/.exec(group);
    const value = digits === null ? 256 : Number.parseInt(digits[0], 16);
    if (value > 255) throw new ToolError(`"${group}" is invalid lladdr.`, 1);
    return value;
  });
  if (bytes.length !== 6) throw new ToolError(`Invalid address length ${bytes.length} - must be 6 bytes`, 1);
  return bytes.map((byte) => byte.toString(16).padStart(2, "0")).join(":");
}

/** True for a name that iproute2 lets through to the kernel. */
export function isInterfaceName(name: string, longest = 15): boolean {
  return name !== "" && name.length <= longest && !/[/\s]/.test(name);
}

/** Reads a number with a sign, as get_integer does; null when it is none. */
function integer(text: string): number | null {
  const value = unsigned(text.replace(/^-/, ""), 0x7fffffff);
  return value === null ? null : text.startsWith("-") ? -value : value;
}

/** Reads one attribute if the next word names one; false when it is something else. @throws {ToolError} */
export function readLinkAttribute(words: Words, to: MutableLinkAttributes): boolean {
  const word = words.peek;
  const key = among(word, EXACT) ? word : ABBREVIATED.find((full) => matches(word, full));
  if (key === undefined) return false;
  words.next();
  switch (key) {
    case "up":
    case "down":
      to.up = key === "up";
      return true;
    case "nomaster":
      to.master = null;
      return true;
  }
  const value = words.next(VALUES[key]);
  const number = (name: "mtu" | "txqueuelen" | "numtxqueues" | "numrxqueues" | "index"): void => {
    if (to[name] !== undefined) throw duplicate(name, value);
    const parsed = integer(value);
    const bad = parsed === null || (parsed < 1 && name === "index") || (parsed < 0 && name.startsWith("num"));
    if (bad) throw wrong(value, `Invalid "${name}" value${name === "index" ? "" : "\n"}`);
    to[name] = parsed;
  };
  switch (key) {
    case "name":
      if (to.name !== undefined) throw duplicate("name", value);
      if (!isInterfaceName(value)) throw wrong(value, '"name" not a valid ifname');
      to.name = value;
      break;
    case "address":
      to.address = linkLayerAddress(value);
      break;
    case "broadcast":
    case "brd":
      to.broadcast = linkLayerAddress(value);
      break;
    case "txqueuelen":
    case "qlen":
    case "txqlen":
      number("txqueuelen");
      break;
    case "mtu":
    case "index":
    case "numtxqueues":
    case "numrxqueues":
      number(key);
      break;
    case "netns":
      if (to.into !== undefined) throw duplicate("netns", value);
      to.into = value;
      break;
    case "master":
    case "vrf":
      to.master = value;
      break;
    case "alias":
      to.alias = value;
      break;
    case "group":
      if (to.group !== undefined) throw duplicate("group", value);
      to.group = readGroup(value);
      break;
    case "addrgenmode": {
      const mode = ADDRGENMODES.find((mode) => same(value, mode));
      if (mode === undefined) throw wrong(value, "Invalid address generation mode\n");
      to.addrgenmode = mode;
      break;
    }
    default:
      readSwitch(key as (typeof SWITCHES)[number] | (typeof STRICT_SWITCHES)[number], value, to);
  }
  return true;
}

function readSwitch(
  key: (typeof SWITCHES)[number] | (typeof STRICT_SWITCHES)[number],
  value: string,
  to: MutableLinkAttributes,
): void {
  if (!same(value, "on") && !same(value, "off"))
    throw STRICT_SWITCHES.includes(key as "carrier")
      ? new ToolError(`Error: argument of "${key}" must be one of "off", "on", not "${value}"`, 22)
      : new ToolError(`Error: argument of "${key}" must be "on" or "off", not "${value}"`, 1);
  to[key] = value === "on";
}

/** The number of a group: `default` or a number. @throws {ToolError} */
export function readGroup(text: string): number {
  const group = same(text, "default") ? 0 : unsigned(text);
  if (group === null) throw wrong(text, 'Invalid "group" value\n');
  return group;
}

/** The words that {@link readLinkAttribute} reads. */
export function linkAttributeWords(a: LinkAttributes): string[] {
  const words: string[] = [];
  if (a.into !== undefined) words.push("netns", a.into);
  for (const key of ["name", "index", "address", "broadcast", "mtu", "txqueuelen", "group"] as const)
    if (a[key] !== undefined) words.push(key, `${a[key]}`);
  for (const key of ["numtxqueues", "numrxqueues", "alias", "addrgenmode"] as const)
    if (a[key] !== undefined) words.push(key, `${a[key]}`);
  for (const key of [...SWITCHES, ...STRICT_SWITCHES])
    if (a[key] !== undefined) words.push(key, a[key] ? "on" : "off");
  if (a.master !== undefined) words.push(...(a.master === null ? ["nomaster"] : ["master", a.master]));
  if (a.up !== undefined) words.push(a.up ? "up" : "down");
  return words;
}

/** A MAC address of a value. */
export function macOf(text: string): mac.Mac {
  const parsed = mac.parse(text);
  if (parsed === null) throw new ToolError(`"${text}" is invalid lladdr.`, 1);
  return parsed;
}

/** Whether a word alone would be taken for a key of `ip link add` or `ip link set`. */
function isKey(word: string): boolean {
  return (
    EXACT.has(word) ||
    ["dev", "vf", "mode", "state"].includes(word) ||
    [...ABBREVIATED, "link", "type", "link-netnsid", "help"].some((full) => matches(word, full))
  );
}

/** A device's name as its first argument: alone, or behind `dev` or `name` where it would be taken for a key. */
export function nameWords(name: string, key: "dev" | "name"): readonly string[] {
  return isKey(name) ? [key, name] : [name];
}
