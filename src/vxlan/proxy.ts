/** What a VTEP answers or decides from its neighbour table, so that the overlay need not be flooded. */
import type { Neighbour } from "../net/neighbour.ts";
import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as arp from "../wire/arp.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { Vxlan } from "./vxlan.ts";

/**
 * ARP suppression (arp_reduce): a request whose answer stands in the neighbour table of the device is answered in the
 * neighbour's name. No ARP packet at all enters the tunnel.
 */
export function suppressArp(vxlan: Vxlan, packet: Packet): void {
  const device = vxlan.device;
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  if (packet.length < ethernet.HEADER_LEN + arp.LEN) {
    device.counters.txDropped++;
    device.drop(packet, Verdict.PKT_TOO_SMALL);
    return;
  }
  if (!device.noarp && arp.fits(view, at, arp.LEN) && arp.operation(view, at) === arp.REQUEST) {
    const target = arp.targetIp(view, at);
    if (!ip.isLoopback(target) && !ip.isMulticast(target)) answer(vxlan, packet, target);
  }
  device.world.end(packet, Verdict.delivered, device.place);
}

function answer(vxlan: Vxlan, request: Packet, target: number): void {
  const device = vxlan.device;
  const world = device.world;
  const neighbour = device.ns.neighbours.find(device, target);
  if (neighbour === null) {
    if (vxlan.config.l3miss) vxlan.tell({ what: "l3miss", address: target });
    return;
  }
  if (neighbour.state !== "REACHABLE" && !neighbour.permanent) return;
  const entry = vxlan.fdb.find(neighbour.macHi, neighbour.macLo, vxlan.config.vni);
  if (entry !== null && entry.remotes[0]!.address === 0) return; // it is on this side and answers itself
  if (world.tap !== null) world.tap.record(device.place, request, Verdict.answered, neighbour.ref);
  device.backlog(reply(neighbour, request, target));
}

/** As if the neighbour itself had spoken. */
function reply(neighbour: Neighbour, request: Packet, target: number): Packet {
  const { macHi, macLo } = neighbour;
  const packet = neighbour.device.world.pool.allocate(ethernet.HEADER_LEN + arp.LEN, request);
  const asked = request.at + ethernet.HEADER_LEN;
  const askerHi = arp.senderHi(request.view, asked);
  const askerLo = arp.senderLo(request.view, asked);
  const askerIp = arp.senderIp(request.view, asked);
  const view = packet.view;
  ethernet.setDst(view, packet.at, askerHi, askerLo);
  ethernet.setSrc(view, packet.at, macHi, macLo);
  ethernet.setType(view, packet.at, ethernet.TYPE_ARP);
  const at = packet.at + ethernet.HEADER_LEN;
  arp.setTypes(view, at);
  arp.setOperation(view, at, arp.REPLY);
  arp.setSender(view, at, macHi, macLo, target);
  arp.setTarget(view, at, askerHi, askerLo, askerIp);
  return packet;
}

/**
 * Route short circuit (route_shortcircuit): a packet for a router whose next hop is a known neighbour goes straight
 * there. True when the addresses were rewritten.
 */
export function shortCircuit(vxlan: Vxlan, packet: Packet): boolean {
  const device = vxlan.device;
  const view = packet.view;
  const at = packet.at;
  if (
    ethernet.isGroup(view, at) ||
    ethernet.type(view, at) !== ethernet.TYPE_IPV4 ||
    packet.length < ethernet.HEADER_LEN + ipv4.HEADER_LEN
  )
    return false;
  const dst = ipv4.dst(view, at + ethernet.HEADER_LEN);
  const neighbour = device.ns.neighbours.find(device, dst);
  if (neighbour === null) {
    if (vxlan.config.l3miss) vxlan.tell({ what: "l3miss", address: dst });
    return false;
  }
  const hi = ethernet.dstHi(view, at);
  const lo = ethernet.dstLo(view, at);
  if (hi === neighbour.macHi && lo === neighbour.macLo) return false;
  ethernet.setSrc(view, at, hi, lo);
  ethernet.setDst(view, at, neighbour.macHi, neighbour.macLo);
  return true;
}
