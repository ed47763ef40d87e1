import { type Packet, PacketFlag } from "../sim/packet.ts";
import type { Cause } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as arp from "../wire/arp.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ip from "../wire/ipv4-address.ts";
import * as mac from "../wire/mac.ts";
import { addressType, isLocal } from "./address-type.ts";
import * as arpRules from "./arp-rules.ts";
import { byFrame, byFrameWithoutOverride, type Neighbour } from "./neighbour.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

/** Asks for a neighbour's address on behalf of `waiting`, the last packet that waits for it (arp_solicit). */
export function solicit(neighbour: Neighbour, waiting: Packet | null): void {
  const device = neighbour.device;
  const target = neighbour.address;
  const conf = neighbour.conf;
  const source = arpRules.sourceFor(device, target, waiting);
  let number = neighbour.probes - conf.ucast_solicit;
  if (number < 0) {
    request(device, source, target, neighbour.macHi, neighbour.macLo, waiting);
    return;
  }
  number -= conf.app_solicit;
  // The questions that a daemon in user space should ask: there is none here.
  if (number < 0) return;
  request(device, source, target, mac.BROADCAST_HI, mac.BROADCAST_LO, waiting);
}

/** Tells the link that an address is here (inetdev_send_gratuitous_arp). */
export function announce(device: NetDevice, address: number): void {
  request(device, address, address, mac.BROADCAST_HI, mac.BROADCAST_LO, null);
}

function request(
  device: NetDevice,
  source: number,
  target: number,
  hi: number,
  lo: number,
  cause: Packet | null,
): void {
  send(device, arp.REQUEST, hi, lo, source, 0, 0, target, cause);
}

/** Sends an ARP packet (arp_send). Link-layer addresses are (hi, lo) pairs. */
export function send(
  device: NetDevice,
  operation: number,
  dstHi: number,
  dstLo: number,
  senderIp: number,
  targetHi: number,
  targetLo: number,
  targetIp: number,
  cause: Packet | null,
): void {
  if (device.noarp) return;
  const packet = device.world.pool.allocate(ethernet.HEADER_LEN + arp.LEN, cause);
  const view = packet.view;
  const at = packet.at;
  ethernet.setDst(view, at, dstHi, dstLo);
  ethernet.setSrc(view, at, device.macHi, device.macLo);
  ethernet.setType(view, at, ethernet.TYPE_ARP);
  const body = at + ethernet.HEADER_LEN;
  arp.setTypes(view, body);
  arp.setOperation(view, body, operation);
  arp.setSender(view, body, device.macHi, device.macLo, senderIp);
  arp.setTarget(view, body, targetHi, targetLo, targetIp);
  device.ns.note(packet, Verdict.sent, 0);
  device.transmit(packet);
}

/** Takes an ARP frame that came in by `device` (arp_rcv). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const at = packet.at + ethernet.HEADER_LEN;
  if (device.noarp || !arp.fits(packet.view, at, packet.length - ethernet.HEADER_LEN)) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  process(ns, device, packet, false);
}

/** Answers and learns from an ARP packet (arp_process). `delayed`: it has waited its time as a proxy's question. */
export function process(ns: NetworkNamespace, device: NetDevice, packet: Packet, delayed: boolean): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const operation = arp.operation(view, at);
  const senderIp = arp.senderIp(view, at);
  const targetIp = arp.targetIp(view, at);
  const { conf } = device.ipv4;
  const { allConf } = ns.ipv4;
  if (operation !== arp.REQUEST && operation !== arp.REPLY) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  const localnet = (conf.route_localnet | allConf.route_localnet) !== 0;
  if (ip.isMulticast(targetIp) || (ip.isLoopback(targetIp) && !localnet)) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  if (senderIp === targetIp && (conf.drop_gratuitous_arp | allConf.drop_gratuitous_arp) !== 0) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  if (senderIp === 0) {
    // Somebody looks for a duplicate of the address that it wants (RFC 2131, 4.4.1).
    const asked = operation === arp.REQUEST && isLocal(ns, targetIp);
    if (asked && !arpRules.ignores(device, 0, targetIp)) reply(device, packet);
    ns.world.end(packet, Verdict.delivered, ns.place);
    return;
  }
  if (operation === arp.REQUEST) {
    const way = ns.input.decide(device, targetIp, senderIp, 0, 0, 0);
    if (way !== null && answer(ns, device, packet, way, delayed)) return;
  }
  learn(ns, device, packet, operation, senderIp, targetIp);
  ns.world.end(packet, Verdict.delivered, ns.place);
}

/** Deals with a request that routing accepts; true when that was all there is to do, and the packet is gone. */
function answer(
  ns: NetworkNamespace,
  device: NetDevice,
  packet: Packet,
  way: Route,
  delayed: boolean,
): boolean {
  const at = packet.at + ethernet.HEADER_LEN;
  const senderIp = arp.senderIp(packet.view, at);
  const targetIp = arp.targetIp(packet.view, at);
  if (way.type === "local") {
    if (!arpRules.ignores(device, senderIp, targetIp) && !arpRules.filters(device, senderIp, targetIp)) {
      if (learnSender(ns, device, packet)) reply(device, packet);
    }
    ns.world.end(packet, Verdict.delivered, ns.place);
    return true;
  }
  if (device.ipv4.conf.forwarding === 0 || way.type !== "unicast") return false;
  if (!arpRules.proxies(device, way, senderIp, targetIp)) return false;
  learnSender(ns, device, packet);
  const direct = (packet.flags & (PacketFlag.linkBroadcast | PacketFlag.linkMulticast)) === 0;
  if (!delayed && !direct && device.ipv4.neighbourConf.proxy_delay !== 0) {
    ns.neighbours.proxies.enqueue(device, packet);
    return true;
  }
  ns.note(packet, Verdict.answered, way.ref);
  reply(device, packet);
  ns.world.end(packet, Verdict.delivered, ns.place);
  return true;
}

/** Answers a request with this device's own address. */
function reply(device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const hi = arp.senderHi(view, at);
  const lo = arp.senderLo(view, at);
  send(device, arp.REPLY, hi, lo, arp.targetIp(view, at), hi, lo, arp.senderIp(view, at), packet);
}

/** Who asks shows its address (neigh_event_ns); false when the table is full. */
function learnSender(ns: NetworkNamespace, device: NetDevice, packet: Packet): boolean {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const cause: Cause = { by: "frame", frame: packet.id };
  const neighbour = ns.neighbours.resolve(device, arp.senderIp(view, at), cause);
  if (neighbour === null) return false;
  neighbour.update(arp.senderHi(view, at), arp.senderLo(view, at), "STALE", cause, byFrame);
  return true;
}

/** Learns from replies and from what concerns others: known addresses only, unless arp_accept says otherwise. */
function learn(
  ns: NetworkNamespace,
  device: NetDevice,
  packet: Packet,
  operation: number,
  senderIp: number,
  targetIp: number,
): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const hi = arp.senderHi(view, at);
  const lo = arp.senderLo(view, at);
  const cause: Cause = { by: "frame", frame: packet.id };
  let neighbour = ns.neighbours.find(device, senderIp);
  const accept = arpRules.accepts(device, senderIp);
  if (neighbour === null && !accept) return;
  let gratuitous = senderIp === targetIp;
  if (gratuitous && operation === arp.REPLY)
    gratuitous = arp.targetHi(view, at) === hi && arp.targetLo(view, at) === lo;
  const unicast = addressType(ns, senderIp) === "unicast";
  gratuitous &&= unicast;
  if (neighbour === null && (gratuitous || (operation === arp.REPLY && unicast)))
    neighbour = ns.neighbours.resolve(device, senderIp, cause);
  if (neighbour === null) return;
  const locked = ns.world.now <= neighbour.updated + neighbour.conf.locktime * 10_000_000;
  const direct = (packet.flags & (PacketFlag.linkBroadcast | PacketFlag.linkMulticast)) === 0;
  const state = operation === arp.REPLY && direct ? "REACHABLE" : "STALE";
  neighbour.update(hi, lo, state, cause, locked && !gratuitous ? byFrameWithoutOverride : byFrame);
}
