import { type Packet, PacketFlag } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import { suppressArp } from "./arp-suppression.ts";
import type { Bridge } from "./bridge.ts";
import type { BridgePort } from "./bridge-port.ts";
import { FdbFlag } from "./fdb.ts";
import { learn } from "./learning.ts";
import { type PortFlag, whoSet } from "./port-memory.ts";
import { PortState } from "./port-state.ts";

/** A frame that a port has let in, after the prerouting hook (br_handle_frame_finish). */
export function receive(bridge: Bridge, port: BridgePort, packet: Packet): void {
  const { view, at } = packet;
  let vid = 0;
  if (bridge.vlanFiltering) {
    bridge.world.leg = null;
    vid = port.vlans.ingress(packet);
    if (vid < 0) {
      port.device.drop(packet, Verdict.BRIDGE_VLAN, port.refuser(Verdict.BRIDGE_VLAN));
      return;
    }
  }
  if (port.learning) learn(bridge, port, packet, ethernet.srcHi(view, at), ethernet.srcLo(view, at), vid);
  if (port.state === PortState.learning) {
    port.device.drop(packet, Verdict.BRIDGE_PORT_STATE, port.refuser(Verdict.BRIDGE_PORT_STATE));
    return;
  }
  const hi = ethernet.dstHi(view, at);
  const lo = ethernet.dstLo(view, at);
  const answered = bridge.answersArp && suppressArp(bridge, port, packet, vid);
  const { fdb } = bridge;
  const row = mac.isMulticast(hi) ? -1 : fdb.find(hi, lo, vid);
  const promiscuous = bridge.device.promiscuity > 0;
  if (row < 0) floodFrom(bridge, port, packet, vid, hi, lo, promiscuous, answered);
  else if ((fdb.flags[row]! & FdbFlag.local) !== 0) receiveLocal(bridge, port, packet, vid, row);
  else if (promiscuous) forwardAndUp(bridge, port, packet, vid, row);
  else forward(bridge, port, packet, vid, row);
}

/** No port is known to have the destination, or it is for a group. */
function floodFrom(
  bridge: Bridge,
  port: BridgePort,
  packet: Packet,
  vid: number,
  hi: number,
  lo: number,
  promiscuous: boolean,
  answered: boolean,
): void {
  const group = mac.isMulticast(hi);
  if (group && !mac.isBroadcast(hi, lo)) bridge.device.counters.multicast++;
  flood(bridge, port, packet, vid, hi, lo, group || promiscuous, answered);
}

/** The destination is an address of this host: of the bridge, or of one of its ports. */
function receiveLocal(bridge: Bridge, port: BridgePort, packet: Packet, vid: number, row: number): void {
  const { view, at } = packet;
  const { macHi, macLo } = port.device;
  if (ethernet.dstHi(view, at) === macHi && ethernet.dstLo(view, at) === macLo)
    packet.flags |= PacketFlag.toPort;
  const tap = bridge.world.tap;
  if (tap !== null) tap.record(bridge.device.place, packet, Verdict.local, bridge.fdb.refs[row]!);
  passUp(bridge, packet, vid);
}

/** Somebody listens to all that passes: the port gets a copy, the frame goes up (br_forward with `local_rcv`). */
function forwardAndUp(bridge: Bridge, from: BridgePort, packet: Packet, vid: number, row: number): void {
  bridge.world.leg = null;
  const to = chosen(bridge, packet, row);
  if (to?.refuses(from, vid) === null) to.send(bridge.world.pool.copy(packet), from, vid);
  passUp(bridge, packet, vid);
}

/** The stack sends by the bridge's own device (br_dev_xmit). */
export function transmit(bridge: Bridge, packet: Packet): void {
  const { device } = bridge;
  device.counters.transmitted(packet.length, bridge.world.leg);
  let vid = 0;
  if (bridge.vlanFiltering) {
    bridge.world.leg = null;
    vid = bridge.vlans.ingress(packet);
    if (vid < 0) {
      device.drop(packet, Verdict.BRIDGE_VLAN, bridge.vlans.ref || device.ref);
      return;
    }
  }
  const answered = bridge.answersArp && suppressArp(bridge, null, packet, vid);
  const hi = ethernet.dstHi(packet.view, packet.at);
  const lo = ethernet.dstLo(packet.view, packet.at);
  const row = mac.isMulticast(hi) ? -1 : bridge.fdb.find(hi, lo, vid);
  if (row < 0) flood(bridge, null, packet, vid, hi, lo, false, answered);
  else forward(bridge, null, packet, vid, row);
}

/** The port of an entry, which a frame uses; null when it is the bridge's own. */
function chosen(bridge: Bridge, packet: Packet, row: number): BridgePort | null {
  const { fdb, world } = bridge;
  fdb.use(row);
  const tap = world.tap;
  if (tap !== null) tap.record(bridge.device.place, packet, Verdict.bridged, fdb.refs[row]!);
  return fdb.port[row]!;
}

/** To the port of an entry (br_forward). */
function forward(bridge: Bridge, from: BridgePort | null, packet: Packet, vid: number, row: number): void {
  const to = chosen(bridge, packet, row);
  const refusal = to === null ? Verdict.BRIDGE_NO_PORT : to.refuses(from, vid);
  if (refusal === null) {
    to!.send(packet, from, vid);
    return;
  }
  const entry = to === null ? bridge.fdb.refs[row]! : to.refuser(refusal);
  (from === null ? bridge.device : from.device).drop(packet, refusal, entry);
}

/**
 * To all ports that want frames of this kind and, when `up`, to the bridge's own device, last (br_flood). The frame
 * itself goes to the last of them, copies to the others. `answered`: an ARP request that ports with suppression need
 * not see.
 */
function flood(
  bridge: Bridge,
  from: BridgePort | null,
  packet: Packet,
  vid: number,
  hi: number,
  lo: number,
  up: boolean,
  answered: boolean,
): void {
  const { world, ports } = bridge;
  world.leg = null;
  const tap = world.tap;
  const group = mac.isMulticast(hi);
  if (tap !== null) {
    const missing = group ? 0 : bridge.fdb.missing(hi, lo, vid);
    tap.record(bridge.device.place, packet, Verdict.flooded, missing);
  }
  const broadcast = mac.isBroadcast(hi, lo);
  const pool = world.pool;
  let last: BridgePort | null = null;
  for (let i = 0; i < ports.length; i++) {
    const port = ports[i]!;
    if (group) {
      if (from !== null && !(broadcast ? port.bcastFlood : port.mcastFlood)) continue;
    } else if (!port.flood) continue;
    if (port.proxyArp || (answered && (port.proxyArpWifi || port.neighSuppress))) continue;
    if (port.refuses(from, vid) !== null) continue;
    if (last !== null) last.send(pool.copy(packet), from, vid);
    last = port;
  }
  if (up) {
    if (last !== null) last.send(pool.copy(packet), from, vid);
    passUp(bridge, packet, vid);
  } else if (last !== null) last.send(packet, from, vid);
  else {
    const device = from === null ? bridge.device : from.device;
    const flag = broadcast ? "bcastFlood" : group ? "mcastFlood" : "flood";
    device.drop(packet, Verdict.BRIDGE_NO_PORT, refuserOfAll(bridge, from, vid, flag, answered));
  }
}

/** Why no port got a frame that was to be flooded: by what the newest one refused, or that the bridge has no other. */
function refuserOfAll(
  bridge: Bridge,
  from: BridgePort | null,
  vid: number,
  flag: PortFlag,
  answered: boolean,
): EntryRef {
  for (const port of bridge.ports) {
    const { ref } = port.device;
    if (port === from && !port.hairpin) continue;
    if (!port[flag] && (from !== null || flag === "flood")) return whoSet(port, flag, ref);
    if (port.proxyArp) return whoSet(port, "proxyArp", ref);
    if (answered && port.proxyArpWifi) return whoSet(port, "proxyArpWifi", ref);
    if (answered && port.neighSuppress) return whoSet(port, "neighSuppress", ref);
    const refusal = port.refuses(from, vid);
    if (refusal !== null) return port.refuser(refusal);
  }
  return bridge.device.ref;
}

/** Up to the stack: the bridge's own device receives the frame (br_pass_frame_up). */
function passUp(bridge: Bridge, packet: Packet, vid: number): void {
  const { device } = bridge;
  device.counters.received(packet.length - ethernet.HEADER_LEN, bridge.world.leg);
  if (bridge.vlanFiltering) {
    if (bridge.vlans.has(vid)) bridge.vlans.egress(packet, vid);
    else if (device.promiscuity === 0) {
      device.drop(packet, Verdict.BRIDGE_VLAN, bridge.vlans.ref || device.ref);
      return;
    }
  }
  const { input } = bridge.hooks;
  if (!input.empty && !input.run(packet, device, null)) return;
  packet.device = device;
  device.receive(packet);
}
