import type { Packet } from "../sim/packet.ts";
import { MILLISECOND, type Nanos } from "../sim/time.ts";
import { Verdict } from "../sim/verdict.ts";
import * as mac from "../wire/mac.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { FdbFlag } from "./fdb.ts";

/** The collector runs no more often than this. */
const MIN_COLLECT_GAP: Nanos = 10 * MILLISECOND;

/** A frame's source is at that port (br_fdb_update). */
export function learn(
  bridge: Bridge,
  port: BridgePort,
  packet: Packet,
  hi: number,
  lo: number,
  vid: number,
): void {
  if (bridge.ageingTime === 0) return;
  const { fdb } = bridge;
  const row = fdb.find(hi, lo, vid);
  if (row >= 0 && fdb.port[row] === port && (fdb.flags[row]! & FdbFlag.local) === 0) fdb.confirm(row);
  else learnAnew(bridge, port, packet, hi, lo, vid, row);
}

/** The address is not known (`row` below 0), or at another port. */
function learnAnew(
  bridge: Bridge,
  port: BridgePort,
  packet: Packet,
  hi: number,
  lo: number,
  vid: number,
  row: number,
): void {
  const { fdb, world } = bridge;
  world.leg = null;
  if (row >= 0) {
    const flags = fdb.flags[row]!;
    if ((flags & FdbFlag.local) !== 0) return; // somebody uses our own address; the kernel only warns
    fdb.confirm(row);
    if ((flags & FdbFlag.sticky) !== 0) return;
    fdb.move(row, port, { by: "frame", frame: packet.id });
    if ((flags & FdbFlag.externLearn) !== 0) fdb.setFlags(row, flags & ~FdbFlag.externLearn);
  } else {
    row = fdb.create(hi, lo, vid, port, 0, world.now, { by: "frame", frame: packet.id });
    bridge.watchAge();
  }
  world.generation++;
  const tap = world.tap;
  if (tap !== null) tap.record(bridge.device.place, packet, Verdict.learned, fdb.refs[row]!);
}

/**
 * Deletes what was not seen for the ageing time (br_fdb_cleanup). Returns after how long to come again, or 0 when
 * nothing is left that ages.
 */
export function collect(bridge: Bridge): Nanos {
  const { fdb, world } = bridge;
  let wait = Number.POSITIVE_INFINITY;
  for (const row of fdb.rows()) {
    if ((fdb.flags[row]! & (FdbFlag.static | FdbFlag.externLearn)) !== 0) continue;
    const left = fdb.updatedAt(row) + bridge.ageingTime - world.now;
    if (left > 0) wait = Math.min(wait, left);
    else fdb.delete(row, { by: "timer", text: "ageing" });
  }
  world.generation++;
  return wait === Number.POSITIVE_INFINITY ? 0 : Math.max(wait, MIN_COLLECT_GAP);
}

/**
 * Deletes the entries of a port (null: of the bridge itself) in one VLAN or in all (`vid` 0). Unless `all` is asked
 * for, those stay that somebody made for good (br_fdb_delete_by_port).
 */
export function deleteByPort(bridge: Bridge, port: BridgePort | null, vid: number, all: boolean): void {
  const { fdb } = bridge;
  for (const row of fdb.rows()) {
    if (fdb.port[row] !== port || (vid !== 0 && fdb.vlan(row) !== vid)) continue;
    const flags = fdb.flags[row]!;
    if (!all && (flags & (FdbFlag.static | FdbFlag.externLearn)) !== 0) continue;
    if ((flags & FdbFlag.local) !== 0) deleteLocalRow(bridge, row, port);
    else fdb.delete(row);
  }
  bridge.world.generation++;
}

/** The address of a port, or of the bridge (null), is one of the host's own (fdb_add_local). */
export function addLocal(bridge: Bridge, port: BridgePort | null, hi: number, lo: number, vid: number): void {
  if (!mac.isValidUnicast(hi, lo)) return;
  const { fdb } = bridge;
  const row = fdb.find(hi, lo, vid);
  if (row >= 0) {
    if ((fdb.flags[row]! & FdbFlag.local) !== 0) return;
    fdb.delete(row); // it was learned: somebody else used the address
  }
  fdb.create(hi, lo, vid, port, FdbFlag.local | FdbFlag.static, bridge.world.now);
  bridge.world.generation++;
}

/** Takes that local entry back, if it is this port's and nobody added it by hand (br_fdb_find_delete_local). */
export function deleteLocal(
  bridge: Bridge,
  port: BridgePort | null,
  hi: number,
  lo: number,
  vid: number,
): void {
  const { fdb } = bridge;
  const row = fdb.find(hi, lo, vid);
  if (row < 0 || fdb.port[row] !== port) return;
  if ((fdb.flags[row]! & (FdbFlag.local | FdbFlag.addedByUser)) === FdbFlag.local)
    deleteLocalRow(bridge, row, port);
}

/** The bridge itself has another address than `old` in one VLAN: its local entry follows. */
export function moveOwn(bridge: Bridge, old: mac.Mac, vid: number): void {
  const { hi, lo } = bridge.ownMac;
  deleteLocal(bridge, null, old.hi, old.lo, vid);
  addLocal(bridge, null, hi, lo, vid);
}

/** A local entry goes, unless another port or the bridge has the same address (fdb_delete_local). */
function deleteLocalRow(bridge: Bridge, row: number, port: BridgePort | null): void {
  const { fdb } = bridge;
  const hi = fdb.macHi(row);
  const lo = fdb.macLo(row);
  const vid = fdb.vlan(row);
  bridge.world.generation++;
  for (const other of bridge.ports)
    if (
      other !== port &&
      other.device.macHi === hi &&
      other.device.macLo === lo &&
      (vid === 0 || other.vlans.has(vid))
    ) {
      fdb.move(row, other);
      return;
    }
  const own = bridge.ownMac;
  if (port !== null && own.hi === hi && own.lo === lo && (vid === 0 || bridge.vlans.has(vid)))
    fdb.move(row, null);
  else fdb.delete(row);
}
