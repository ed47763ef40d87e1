import * as mac from "../wire/mac.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, unsigned, type Words, wrong } from "./words.ts";

/** What `ip link add` and `ip link set` can say of any device; what is absent stays as it is. */
export interface LinkAttributes {
  readonly up?: boolean;
  readonly name?: string;
  readonly address?: string;
  readonly broadcast?: string;
  readonly mtu?: number;
  readonly txqueuelen?: number;
  readonly arp?: boolean;
  readonly dynamic?: boolean;
  readonly multicast?: boolean;
  readonly allmulticast?: boolean;
  readonly promisc?: boolean;
  readonly trailers?: boolean;
  readonly carrier?: boolean;
  readonly alias?: string;
  /** Null: `nomaster`. */
  readonly master?: string | null;
  /** The namespace it goes to: a name or a process. */
  readonly into?: string;
  readonly numtxqueues?: number;
  readonly numrxqueues?: number;
  readonly addrgenmode?: "eui64" | "none" | "stable_secret" | "random";
  readonly protodown?: boolean;
}
export type MutableLinkAttributes = { -readonly [K in keyof LinkAttributes]: LinkAttributes[K] };

const SWITCHES = [
  "arp",
  "dynamic",
  "multicast",
  "allmulticast",
  "promisc",
  "trailers",
  "carrier",
  "protodown",
] as const;
const ADDRGENMODES = ["eui64", "none", "stable_secret", "random"] as const;

/** `on` or `off`. @throws {ToolError} */
export function onOff(words: Words, key: string): boolean {
  const word = words.next();
  if (word === "on") return true;
  if (word === "off") return false;
  throw new ToolError(`Error: argument of "${key}" must be "on" or "off", not "${word}"`, 255);
}

/** A link-layer address in its one form. @throws {ToolError} */
export function linkLayerAddress(text: string): string {
  const parsed = mac.parse(text);
  if (parsed !== null) return mac.format(parsed.hi, parsed.lo);
  const groups = text.split(":");
  for (const group of groups)
    if (!/^[0-9a-fA-F]{1,2}$/.test(group)) throw new ToolError(`"${text}" is invalid lladdr.`, 1);
  throw new ToolError(`Invalid address length ${groups.length} - must be 6 bytes`, 1);
}

/** Reads one attribute if the next word names one; false when it is something else. @throws {ToolError} */
export function readLinkAttribute(words: Words, to: MutableLinkAttributes): boolean {
  const key = words.peek;
  const once = (name: keyof LinkAttributes): string => {
    words.next();
    const value = words.next();
    if (to[name] !== undefined) throw duplicate(key, value);
    return value;
  };
  const number = (name: "mtu" | "txqueuelen" | "numtxqueues" | "numrxqueues", max = 0x7fffffff): true => {
    const text = once(name);
    const value = unsigned(text, max);
    if (value === null) throw wrong(text, `Invalid "${key}" value\n`);
    to[name] = value;
    return true;
  };
  switch (key) {
    case "up":
    case "down":
      words.next();
      to.up = key === "up";
      return true;
    case "name":
      to.name = once("name");
      return true;
    case "address":
      to.address = linkLayerAddress(once("address"));
      return true;
    case "broadcast":
    case "brd":
      to.broadcast = linkLayerAddress(once("broadcast"));
      return true;
    case "mtu":
      return number("mtu");
    case "txqueuelen":
    case "qlen":
    case "txqlen":
      return number("txqueuelen");
    case "numtxqueues":
    case "numrxqueues":
      return number(key);
    case "master":
    case "vrf":
      words.next();
      to.master = words.next();
      return true;
    case "nomaster":
      words.next();
      to.master = null;
      return true;
    case "netns":
      to.into = once("into");
      return true;
    case "alias":
      words.next();
      to.alias = words.next();
      return true;
    case "addrgenmode": {
      words.next();
      const mode = words.next();
      const known = ADDRGENMODES.find((m) => m === mode);
      if (known === undefined) throw wrong(mode, "Invalid address generation mode\n");
      to.addrgenmode = known;
      return true;
    }
    default: {
      const name = SWITCHES.find((s) => s === key);
      if (name === undefined) return false;
      words.next();
      to[name] = onOff(words, key);
      return true;
    }
  }
}

/** The words that {@link readLinkAttribute} reads. */
export function linkAttributeWords(a: LinkAttributes): string[] {
  const words: string[] = [];
  for (const key of ["name", "address", "broadcast", "mtu", "numtxqueues", "numrxqueues"] as const)
    if (a[key] !== undefined) words.push(key, `${a[key]}`);
  for (const key of ["txqueuelen", "alias", "addrgenmode"] as const)
    if (a[key] !== undefined) words.push(key, `${a[key]}`);
  for (const key of SWITCHES) if (a[key] !== undefined) words.push(key, a[key] ? "on" : "off");
  if (a.into !== undefined) words.push("netns", a.into);
  if (a.master !== undefined) words.push(...(a.master === null ? ["nomaster"] : ["master", a.master]));
  if (a.up !== undefined) words.push(a.up ? "up" : "down");
  return words;
}
