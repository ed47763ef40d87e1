import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as mac from "../wire/mac.ts";
import * as vxlanHeader from "../wire/vxlan.ts";
import * as ecn from "./ecn.ts";
import type { Vxlan } from "./vxlan.ts";
import type { VxlanSocket } from "./vxlan-socket.ts";

/** Takes a datagram from a socket (vxlan_rcv): `packet.at` is at the VXLAN header, `networkAt` at the outer IP header. */
export function receive(socket: VxlanSocket, packet: Packet): void {
  const ns = socket.ns;
  const view = packet.view;
  const header = packet.at;
  if (!vxlanHeader.fits(view, header, packet.length)) {
    ns.drop(packet, Verdict.PKT_TOO_SMALL);
    return;
  }
  if ((vxlanHeader.flags(view, header) & vxlanHeader.FLAG_VNI) === 0) {
    ns.drop(packet, Verdict.VXLAN_INVALID_HDR);
    return;
  }
  const vxlan = socket.find(vxlanHeader.vni(view, header));
  if (vxlan === null) {
    ns.drop(packet, Verdict.VXLAN_VNI_NOT_FOUND);
    return;
  }
  const device = vxlan.device;
  if (!vxlanHeader.isValid(view, header)) {
    device.counters.rxErrors++;
    device.drop(packet, Verdict.VXLAN_INVALID_HDR);
    return;
  }
  packet.at = header + vxlanHeader.HEADER_LEN;
  packet.length -= vxlanHeader.HEADER_LEN;
  if (packet.length < ethernet.HEADER_LEN) {
    device.drop(packet, Verdict.NOMEM);
    return;
  }
  // An outer checksum that was never finished went with its header; an inner one stays to be finished.
  if (packet.checksumStart < packet.at) packet.checksumStart = 0;
  accept(vxlan, packet);
}

/** The frame that was inside; the outer IP header still lies at `networkAt`. */
function accept(vxlan: Vxlan, packet: Packet): void {
  const device = vxlan.device;
  const view = packet.view;
  const at = packet.at;
  const world = device.world;
  const srcHi = ethernet.srcHi(view, at);
  const srcLo = ethernet.srcLo(view, at);
  if (srcHi === device.macHi && srcLo === device.macLo) {
    device.drop(packet, Verdict.LOCAL_MAC); // a loop, or our own multicast come back
    return;
  }
  if (!mac.isValidUnicast(srcHi, srcLo)) {
    device.drop(packet, Verdict.MAC_INVALID_SOURCE);
    return;
  }
  const outer = packet.networkAt;
  if (ecn.mayMark(ipv4.tos(view, outer))) world.leg = null;
  if (vxlan.config.learning && !vxlan.snoop(packet, srcHi, srcLo, ipv4.src(view, outer))) {
    device.drop(packet, Verdict.VXLAN_ENTRY_EXISTS);
    return;
  }
  const inner = at + ethernet.HEADER_LEN;
  if (
    ethernet.type(view, at) === ethernet.TYPE_IPV4 &&
    packet.length >= ethernet.HEADER_LEN + ipv4.HEADER_LEN &&
    !ecn.decapsulate(view, inner, ipv4.tos(view, outer))
  ) {
    device.counters.rxErrors++;
    device.drop(packet, Verdict.IP_TUNNEL_ECN);
    return;
  }
  const counters = device.counters;
  const leg = world.leg;
  counters.received(packet.length - ethernet.HEADER_LEN, leg);
  packet.fragmentMax = 0;
  world.pool.renumber(packet);
  if (leg !== null) {
    leg.pulls(packet);
    leg.renumbers();
    leg.leaves();
  }
  if (world.tap !== null) world.tap.record(device.place, packet, Verdict.decapsulated, device.ref);
  if (device.ns !== vxlan.ns) {
    packet.mark = 0;
    device.backlog(packet);
  } else {
    packet.device = device;
    device.receive(packet);
  }
}
