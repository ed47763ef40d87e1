import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import type { BridgePort } from "../bridge/bridge-port.ts";
import { type FdbFilter, flushFdb } from "../bridge/fdb-commands.ts";
import { KernelError } from "../net/kernel-error.ts";
import type { NetDevice } from "../net/net-device.ts";
import { atoi, comesBack } from "./fdb-address.ts";
import type { Mutable } from "./mutable.ts";
import type { InNamespace, OperationRecord } from "./operation.ts";
import { incomplete, matches, same, type Words } from "./words.ts";

/** `bridge fdb flush` */
export interface FdbFlush extends InNamespace {
  readonly op: "fdb-flush";
  readonly dev: string;
  /** Only entries of that port. */
  readonly brport?: string;
  readonly vlan?: number;
  /** `dev` is the bridge itself; so it is too where neither this nor `master` is said. */
  readonly self?: true;
  /** `dev` is a port of the bridge, and means its entries. */
  readonly master?: true;
  /** Entries that are so (true) or are not so (false). */
  readonly which?: Readonly<Partial<Record<Property, boolean>>>;
}
type Property = (typeof PROPERTIES)[number];

const PROPERTIES = ["permanent", "static", "added_by_user", "extern_learn", "sticky", "offloaded"] as const;

export const fdbFlush: OperationRecord<FdbFlush> = {
  tool: "bridge",
  words({ dev, brport, vlan, self, master, which = {} }) {
    const words = ["fdb", "flush", "dev", dev];
    if (brport !== undefined) words.push("brport", brport);
    if (vlan !== undefined) words.push("vlan", `${vlan}`);
    if (self) words.push("self");
    if (master) words.push("master");
    for (const property of PROPERTIES) {
      const value = which[property];
      if (value !== undefined) words.push(value ? property : `no${property}`);
    }
    return words;
  },
  /** First by the bridge of the port, then by the device itself (rtnl_fdb_del with NLM_F_BULK). */
  apply(operation, context) {
    const device = context.namespace.device(operation.dev);
    if (device === null) throw comesBack(`Cannot find bridge device "${operation.dev}"`);
    const { brport } = operation;
    const only = brport === undefined ? null : context.namespace.device(brport);
    if (brport !== undefined && only === null) throw comesBack(`Cannot find bridge port device "${brport}"`);
    if (operation.vlan === 0 || operation.vlan === 4095) throw new KernelError("EINVAL", "invalid vlan id");
    const port = portOf(device);
    const self = operation.self === true || operation.master !== true;
    if (operation.master && port !== null) flush(operation, port.bridge.device, only, port);
    else if (!self) throw new KernelError("EOPNOTSUPP");
    if (!self) return;
    if (device.loopback) throw new KernelError("EINVAL", "FDB delete only supported for Ethernet devices");
    if (bridgeOf(device) === null) throw new KernelError("EOPNOTSUPP");
    flush(operation, device, only, undefined);
  },
};

function flush(
  { vlan, which = {} }: FdbFlush,
  master: NetDevice,
  only: NetDevice | null,
  port: BridgePort | undefined,
): void {
  if (which.offloaded) return; // no hardware here holds any entry
  const wanted = only === null ? port : portIn(master, only);
  const filter: Mutable<FdbFilter> = {};
  if (wanted !== undefined) filter.port = wanted;
  if (vlan !== undefined) filter.vlan = vlan;
  if (which.permanent !== undefined) filter.permanent = which.permanent;
  if (which.static !== undefined) filter.static = which.static;
  if (which.added_by_user !== undefined) filter.addedByUser = which.added_by_user;
  if (which.extern_learn !== undefined) filter.externLearn = which.extern_learn;
  if (which.sticky !== undefined) filter.sticky = which.sticky;
  flushFdb(bridgeOf(master)!, filter);
}

/** The port that `brport` names, or null for the bridge itself (__fdb_flush_validate_ifindex). @throws {KernelError} */
function portIn(master: NetDevice, device: NetDevice): BridgePort | null {
  const refuse = (why: string): KernelError => new KernelError("EINVAL", `bridge: ${why}`);
  const port = portOf(device);
  if (port === null && bridgeOf(device) === null) throw refuse("Flush device is not a bridge or bridge port");
  if (port === null && device !== master)
    throw refuse("Flush bridge device does not match target bridge device");
  if (port !== null && port.bridge.device !== master)
    throw refuse("Port belongs to a different bridge device");
  return port;
}

/** Reads what stands after `bridge fdb flush`; unknown words are passed over, as there. @throws {ToolError} */
export function readFdbFlush(words: Words): FdbFlush {
  let dev: string | undefined;
  let brport: string | undefined;
  let vlan: number | undefined;
  let self = false;
  let master = false;
  const which: Partial<Record<Property, boolean>> = {};
  while (!words.done) {
    const word = words.next();
    const positive = word.replace(/^no/, "");
    if (same(word, "dev")) dev = words.next("device");
    else if (same(word, "brport")) brport = words.next("device");
    else if (same(word, "vlan")) vlan = atoi(words.next());
    else if (same(word, "self")) self = true;
    else if (same(word, "master")) master = true;
    else if (positive === "dynamic")
      which.static = word !== "dynamic"; // they are each other's opposite
    else if (isProperty(positive)) which[positive] = word === positive;
    else if (matches(word, "help")) throw incomplete();
  }
  if (dev === undefined) throw comesBack("Device is a required argument.");
  if (vlan !== undefined && vlan >= 4096) throw comesBack(`Invalid VLAN ID "${vlan}"`);
  return {
    op: "fdb-flush",
    dev,
    ...(brport === undefined ? {} : { brport }),
    ...(vlan === undefined || vlan < 0 ? {} : { vlan }),
    ...(self && master ? { self: true } : {}),
    ...(master ? { master: true } : {}),
    ...(Object.keys(which).length === 0 ? {} : { which }),
  };
}

function isProperty(word: string): word is Property {
  return PROPERTIES.some((property) => property === word);
}
