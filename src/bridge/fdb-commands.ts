import { KernelError } from "../net/kernel-error.ts";
import * as mac from "../wire/mac.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { FdbFlag } from "./fdb.ts";
import { deleteByPort } from "./learning.ts";
import { PortState } from "./port-state.ts";

/** What `bridge fdb add|append|replace MAC dev DEV master` says of an entry. */
export interface FdbSpec {
  readonly mac: mac.Mac;
  /** `permanent` (also the default of the command, `local`), `static`, or `dynamic`. */
  readonly state: "permanent" | "static" | "dynamic";
  /** 0: not given; the entry is then made without a VLAN and for each VLAN of the port. */
  readonly vlan?: number;
  readonly sticky?: boolean;
  readonly externLearn?: boolean;
  /** As if a frame from there had come in (`use`). */
  readonly use?: boolean;
}

/** `add` makes what is not there; `append` and `replace` also change what is; `change` makes nothing. */
type FdbVerb = "add" | "append" | "replace" | "change";

/**
 * Adds or changes an entry (br_fdb_add). `port` null: an entry of the bridge itself (`dev BRIDGE self`).
 * @throws {KernelError} EINVAL, EEXIST, ENOENT, EPERM as the kernel, which gives no further words.
 */
export function addFdbEntry(bridge: Bridge, port: BridgePort | null, verb: FdbVerb, spec: FdbSpec): void {
  if (mac.isZero(spec.mac.hi, spec.mac.lo)) throw new KernelError("EINVAL");
  const { vlans } = port ?? bridge;
  const vlan = spec.vlan ?? 0;
  if (vlan !== 0) {
    if (!vlans.has(vlan)) throw new KernelError("EINVAL");
    addOne(bridge, port, verb, spec, vlan);
    return;
  }
  for (const vid of [0, ...vlans.vids]) addOne(bridge, port, verb, spec, vid);
}

function addOne(bridge: Bridge, port: BridgePort | null, verb: FdbVerb, spec: FdbSpec, vid: number): void {
  const { fdb } = bridge;
  const { hi, lo } = spec.mac;
  const row = fdb.find(hi, lo, vid);
  const learns = port?.state === PortState.forwarding || port?.state === PortState.learning;
  const lasting = spec.state === "permanent" ? FdbFlag.local | FdbFlag.static : 0;
  if (spec.use === true) {
    if (port === null) throw new KernelError("EINVAL");
    if (!learns) return;
    put(bridge, port, spec.mac, vid, (row < 0 ? 0 : fdb.flags[row]!) | FdbFlag.addedByUser);
    return;
  }
  if (spec.externLearn === true) {
    if (port === null && spec.state !== "permanent")
      throw new KernelError("EINVAL", "bridge: FDB entry towards bridge must be permanent");
    // Whoever learned it elsewhere decides how long it lasts; only the bridge's own are local.
    put(bridge, port, spec.mac, vid, (port === null ? lasting : 0) | FdbFlag.externLearn);
    return;
  }
  if (port === null && spec.state !== "permanent") throw new KernelError("EINVAL");
  if (port !== null && spec.state === "dynamic" && !learns) throw new KernelError("EPERM");
  if (spec.sticky === true && spec.state === "permanent") throw new KernelError("EINVAL");
  if (row < 0 && verb === "change") throw new KernelError("ENOENT");
  if (row >= 0 && verb === "add") throw new KernelError("EEXIST");
  let flags = lasting | FdbFlag.addedByUser;
  if (spec.state === "static") flags |= FdbFlag.static;
  if (spec.sticky === true) flags |= FdbFlag.sticky;
  if (row >= 0) flags |= fdb.flags[row]! & FdbFlag.externLearn;
  put(bridge, port, spec.mac, vid, flags);
  fdb.use(fdb.find(hi, lo, vid));
}

/** Makes an entry what it is to be, whatever it was. */
function put(bridge: Bridge, port: BridgePort | null, address: mac.Mac, vid: number, flags: number): void {
  const { fdb, world } = bridge;
  const row = fdb.find(address.hi, address.lo, vid);
  if (row < 0) fdb.create(address.hi, address.lo, vid, port, flags, world.now);
  else {
    if (fdb.port[row] !== port) fdb.move(row, port);
    fdb.setFlags(row, flags);
    fdb.confirm(row);
  }
  if ((flags & (FdbFlag.static | FdbFlag.externLearn)) === 0) bridge.watchAge();
  world.generation++;
}

/**
 * `bridge fdb del MAC dev DEV master`; without a VLAN in all of the port's. @throws {KernelError} ENOENT; EINVAL for a
 * VLAN that the port is not in.
 */
export function deleteFdbEntry(bridge: Bridge, port: BridgePort | null, address: mac.Mac, vlan = 0): void {
  const { fdb } = bridge;
  const { vlans } = port ?? bridge;
  if (vlan !== 0 && !vlans.has(vlan)) throw new KernelError("EINVAL");
  let found = false;
  for (const vid of vlan !== 0 ? [vlan] : [0, ...vlans.vids]) {
    const row = fdb.find(address.hi, address.lo, vid);
    if (row < 0 || fdb.port[row] !== port) continue;
    fdb.delete(row);
    found = true;
  }
  if (!found) throw new KernelError("ENOENT");
  bridge.world.generation++;
}

/** Which entries `bridge fdb flush` means; what is not given does not matter. */
export interface FdbFilter {
  readonly port?: BridgePort | null;
  readonly vlan?: number;
  readonly permanent?: boolean;
  readonly static?: boolean;
  readonly dynamic?: boolean;
  readonly sticky?: boolean;
  readonly externLearn?: boolean;
  readonly addedByUser?: boolean;
}

/** `bridge fdb flush`: deletes all entries that fit, the bridge's own too. */
export function flushFdb(bridge: Bridge, filter: FdbFilter = {}): void {
  const { fdb } = bridge;
  const fits = (wanted: boolean | undefined, is: boolean): boolean => wanted === undefined || wanted === is;
  for (const row of fdb.rows()) {
    const flags = fdb.flags[row]!;
    if (filter.port !== undefined && fdb.port[row] !== filter.port) continue;
    if (filter.vlan !== undefined && fdb.vlan(row) !== filter.vlan) continue;
    if (!fits(filter.permanent, (flags & FdbFlag.local) !== 0)) continue;
    if (!fits(filter.static, (flags & FdbFlag.static) !== 0)) continue;
    if (!fits(filter.dynamic, (flags & FdbFlag.static) === 0)) continue;
    if (!fits(filter.sticky, (flags & FdbFlag.sticky) !== 0)) continue;
    if (!fits(filter.externLearn, (flags & FdbFlag.externLearn) !== 0)) continue;
    if (!fits(filter.addedByUser, (flags & FdbFlag.addedByUser) !== 0)) continue;
    fdb.delete(row);
  }
  bridge.world.generation++;
}

/** `ip link set BRIDGE type bridge fdb_flush`: all that is not static. */
export function flushLearned(bridge: Bridge): void {
  flushFdb(bridge, { static: false });
}

/** `ip link set PORT type bridge_slave fdb_flush`, and brport/flush: what was learned there, by the bridge itself. */
export function flushPort(port: BridgePort): void {
  deleteByPort(port.bridge, port, 0, false);
}
