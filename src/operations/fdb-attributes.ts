import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { Vxlan } from "../vxlan/vxlan.ts";
import type { VxlanDestination } from "../vxlan/vxlan-fdb-entry.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { meansAll, readAddress } from "./addresses.ts";
import { atoi, comesBack, noDevice, readFdbAddress } from "./fdb-address.ts";
import { bridgeFdbHelp } from "./help-texts.ts";
import type { Mutable } from "./mutable.ts";
import type { OperationContext } from "./operation-context.ts";
import { ToolError } from "./tool-error.ts";
import { duplicate, garbage, matches, same, unsigned, type Words, wrong } from "./words.ts";

/** What `bridge fdb add|append|replace|del` says of an entry. */
export interface FdbAttributes {
  readonly mac: string;
  readonly dev: string;
  /** The entry is the device's own; so it is too where neither this nor `master` is said. */
  readonly self?: true;
  /** The entry is in the bridge whose port the device is. */
  readonly master?: true;
  /** Absent: permanent (`local`). */
  readonly state?: "static" | "dynamic";
  readonly vlan?: number;
  /** Of a tunnel: the other end's address; its port; its network; the device to leave by. */
  readonly dst?: string;
  readonly port?: number;
  readonly vni?: number;
  readonly srcVni?: number;
  readonly via?: string;
  readonly router?: true;
  readonly use?: true;
  readonly externLearn?: true;
  readonly sticky?: true;
}

const VNI_MAX = 0xffffff;

/** The words of an entry, as {@link readFdbAttributes} reads them. */
export function fdbAttributeWords(entry: FdbAttributes): string[] {
  const words = [entry.mac, "dev", entry.dev];
  const add = (key: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(key, `${value}`);
  };
  add("dst", entry.dst);
  add("port", entry.port);
  add("vni", entry.vni);
  add("src_vni", entry.srcVni);
  add("via", entry.via);
  add("vlan", entry.vlan);
  if (entry.self) words.push("self");
  if (entry.master) words.push("master");
  if (entry.router) words.push("router");
  if (entry.use) words.push("use");
  if (entry.externLearn) words.push("extern_learn");
  if (entry.sticky) words.push("sticky");
  if (entry.state !== undefined) words.push(entry.state);
  return words;
}

/** Reads an entry (fdb_modify); the order of the comparisons decides abbreviations. @throws {ToolError} */
export function readFdbAttributes(words: Words): FdbAttributes {
  const entry: Mutable<Partial<FdbAttributes>> = {};
  let address: string | undefined;
  let local = false;
  let self = false;
  while (!words.done) {
    const word = words.next();
    const is = (...full: readonly string[]): boolean => matches(word, ...full);
    if (same(word, "dev")) entry.dev = words.next("device");
    else if (same(word, "dst")) entry.dst = readDestination(words.next(), entry.dst);
    else if (word === "nhid") throw new ToolError("bridge fdb: nexthops (nhid) are not simulated", 1);
    else if (same(word, "port")) entry.port = number(words.next(), 0xffff, "invalid port\n");
    else if (same(word, "vni")) entry.vni = number(words.next(), VNI_MAX, "invalid VNI\n");
    else if (same(word, "src_vni")) entry.srcVni = number(words.next(), VNI_MAX, "invalid src VNI\n");
    else if (same(word, "via")) entry.via = words.next("device");
    else if (same(word, "self")) self = true;
    else if (is("master")) entry.master = true;
    else if (is("router")) entry.router = true;
    else if (is("local", "permanent")) local = true;
    else if (is("static", "temp")) entry.state ??= "static";
    else if (is("dynamic")) entry.state = "dynamic";
    else if (is("vlan")) {
      const text = words.next();
      if (entry.vlan !== undefined) throw duplicate("vlan", text);
      const vlan = atoi(text);
      if (vlan >= 0) entry.vlan = vlan & 0xffff;
    } else if (is("use")) entry.use = true;
    else if (is("extern_learn")) entry.externLearn = true;
    else if (is("sticky")) entry.sticky = true;
    else {
      const text = same(word, "to") ? words.next() : word;
      if (matches(text, "help")) throw new ToolError(bridgeFdbHelp, 255);
      if (address !== undefined) throw garbage("to", text);
      address = text;
    }
  }
  if (entry.dev === undefined || address === undefined)
    throw comesBack("Device and address are required arguments.");
  const { hi, lo } = readFdbAddress(address);
  if (local) delete entry.state;
  if (self && entry.master) entry.self = true;
  if (entry.port === 0) delete entry.port;
  return { ...entry, mac: mac.format(hi, lo), dev: entry.dev };
}

function readDestination(text: string, before: string | undefined): string {
  if (before !== undefined) throw garbage("dst", text);
  return meansAll(text) ? text : readAddress(text, undefined);
}

function number(text: string, max: number, why: string): number {
  const value = unsigned(text, max);
  if (value === null) throw wrong(text, why);
  return value;
}

/** The device of an entry. @throws {ToolError} @throws {KernelError} for a VLAN that cannot be */
export function deviceOfEntry(entry: FdbAttributes, context: OperationContext): NetDevice {
  for (const name of [entry.via, entry.dev])
    if (name !== undefined && context.namespace.device(name) === null) throw noDevice(name);
  if (entry.vlan !== undefined && (entry.vlan === 0 || entry.vlan >= 4095))
    throw new KernelError("EINVAL", "invalid vlan id");
  return context.namespace.device(entry.dev)!;
}

/** Where an entry of a tunnel leads to; null when it does not say. @throws {KernelError} for an IPv6 address */
export function destinationOf(entry: FdbAttributes, vxlan: Vxlan): VxlanDestination | null {
  if (entry.dst === undefined) return null;
  const address = ip.parse(entry.dst);
  if (address === null) throw new KernelError("EAFNOSUPPORT");
  const via = entry.via === undefined ? null : vxlan.device.ns.device(entry.via);
  return {
    address,
    port: entry.port ?? vxlan.config.dstPort,
    vni: entry.vni ?? vxlan.config.vni,
    ifindex: via?.ifindex ?? 0,
  };
}
