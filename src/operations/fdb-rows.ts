import { bridgeOf, portOf } from "../bridge/add-bridge.ts";
import type { Bridge } from "../bridge/bridge.ts";
import type { BridgePort } from "../bridge/bridge-port.ts";
import { FdbFlag } from "../bridge/fdb.ts";
import type { NetDevice } from "../net/net-device.ts";
import type { EntryRef } from "../sim/registry.ts";
import { SECOND } from "../sim/time.ts";
import { vxlanOf } from "../vxlan/add-vxlan.ts";
import type { Vxlan } from "../vxlan/vxlan.ts";
import type { VxlanFdbEntry, VxlanRemote } from "../vxlan/vxlan-fdb-entry.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { hardwareAddresses } from "./hardware-addresses.ts";
import { netnsId } from "./netns-ids.ts";

/** The states of a neighbour (linux/neighbour.h, NUD_*) that forwarding entries have. */
export const Nud = { reachable: 0x02, stale: 0x04, noarp: 0x40, permanent: 0x80 } as const;

/** One line of `bridge fdb show`. */
export interface FdbRow {
  readonly device: NetDevice;
  readonly mac: string;
  /** Sum of {@link Nud}. */
  readonly state: number;
  readonly flags: readonly string[];
  /** 0: none. */
  readonly vlan: number;
  readonly master?: string;
  readonly dst?: string;
  readonly port?: number;
  readonly vni?: number;
  /** The device to leave by, in the namespace of the tunnel's outer packets. */
  readonly via?: number;
  readonly linkNetnsid?: number;
  /** For the memory of causes; 0 for addresses of cards. */
  readonly ref: EntryRef;
  /** Seconds since it was used and since it was confirmed; absent for addresses of cards. */
  readonly ages?: readonly [used: number, updated: number];
}

/** The lines of a device: of the bridge whose port it is, then its own (rtnl_fdb_dump). */
export function fdbRows(device: NetDevice): readonly FdbRow[] {
  const port = portOf(device);
  const bridge = bridgeOf(device);
  const vxlan = vxlanOf(device);
  const rows: FdbRow[] = port === null ? [] : bridgeRows(port.bridge, port);
  if (vxlan !== null) rows.push(...vxlanRows(vxlan));
  else if (!device.loopback)
    for (const address of hardwareAddresses(device))
      rows.push({ device, mac: address, state: Nud.permanent, flags: ["self"], vlan: 0, ref: 0 });
  if (bridge !== null) rows.push(...bridgeRows(bridge, null));
  return rows;
}

/** The entries of a port, or of the bridge itself (null). */
function bridgeRows(bridge: Bridge, port: BridgePort | null): FdbRow[] {
  const { fdb } = bridge;
  return fdb
    .rows()
    .filter((row) => fdb.port[row] === port)
    .map((row) => bridgeRow(bridge, row));
}

/** The line of one entry of a bridge. */
export function bridgeRow(bridge: Bridge, row: number): FdbRow {
  const { fdb, world } = bridge;
  const entry = fdb.entry(row);
  const flags: string[] = [];
  if (entry.flags & FdbFlag.externLearn) flags.push("extern_learn");
  if (entry.flags & FdbFlag.sticky) flags.push("sticky");
  const ageing = (entry.flags & (FdbFlag.static | FdbFlag.externLearn)) === 0;
  let state: number = Nud.reachable;
  if (entry.flags & FdbFlag.local) state = Nud.permanent;
  else if (entry.flags & FdbFlag.static) state = Nud.noarp;
  else if (ageing && entry.updated + bridge.ageingTime <= world.now) state = Nud.stale;
  return {
    device: (entry.port ?? bridge).device,
    mac: mac.format(entry.mac.hi, entry.mac.lo),
    state,
    flags,
    vlan: entry.vlan,
    master: bridge.device.name,
    ref: entry.ref,
    ages: [seconds(world.now - entry.used), seconds(world.now - entry.updated)],
  };
}

function vxlanRows(vxlan: Vxlan): FdbRow[] {
  return vxlan.fdb.entries.flatMap((entry) => entry.remotes.map((remote) => vxlanRow(vxlan, entry, remote)));
}

/** The line of one destination of an entry of a tunnel. */
export function vxlanRow(vxlan: Vxlan, entry: VxlanFdbEntry, remote: VxlanRemote): FdbRow {
  const { config, device } = vxlan;
  const { now } = device.world;
  const flags = ["self"];
  if (entry.router) flags.push("router");
  if (entry.externLearn) flags.push("extern_learn");
  return {
    device,
    mac: mac.format(entry.macHi, entry.macLo),
    state: vxlanState(entry),
    flags,
    vlan: 0,
    dst: ip.format(remote.address),
    ...(remote.port === config.dstPort ? {} : { port: remote.port }),
    ...(remote.vni === config.vni ? {} : { vni: remote.vni }),
    ...(remote.ifindex === 0 ? {} : { via: remote.ifindex }),
    ref: remote.ref,
    ...(vxlan.ns === device.ns ? {} : { linkNetnsid: netnsId(device.ns, vxlan.ns) }),
    ages: [seconds(now - entry.used), seconds(now - entry.updated)],
  };
}

/** `bridge` asks for NOARP with what lasts; the default destination of the device itself is without it. */
function vxlanState(entry: VxlanFdbEntry): number {
  if (entry.state === "permanent") return Nud.permanent | (entry.byUser ? Nud.noarp : Nud.reachable);
  return entry.state === "static" ? Nud.noarp | Nud.reachable : Nud.reachable;
}

function seconds(time: number): number {
  return Math.floor(time / SECOND);
}
