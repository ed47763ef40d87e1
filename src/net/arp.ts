import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as arp from "../wire/arp.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as mac from "../wire/mac.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { RouteTable } from "./route.ts";

/** Broadcasts a question for `target` out of `device`; `cause` is the packet that wants to know. */
export function request(device: NetDevice, target: number, cause: Packet | null): void {
  const source = device.ipv4.select(target, 253);
  send(device, arp.REQUEST, mac.BROADCAST_HI, mac.BROADCAST_LO, source, 0, 0, target, cause);
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

/** Handles an ARP packet that came in by `device` (arp_process). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  if (device.noarp || !arp.fits(view, at, packet.length - ethernet.HEADER_LEN)) {
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  const operation = arp.operation(view, at);
  const senderIp = arp.senderIp(view, at);
  const senderHi = arp.senderHi(view, at);
  const senderLo = arp.senderLo(view, at);
  const targetIp = arp.targetIp(view, at);
  const local = ns.fib.table(RouteTable.local).lookup(targetIp, 0, 0)?.type === "local";
  const known = ns.neighbours.find(device, senderIp);
  const cause = { by: "frame", frame: packet.id } as const;
  if (operation === arp.REQUEST && local) {
    ns.neighbours.get(device, senderIp).update(senderHi, senderLo, "STALE", cause);
    send(device, arp.REPLY, senderHi, senderLo, targetIp, senderHi, senderLo, senderIp, packet);
  } else if (known !== null && !known.permanent) {
    known.update(senderHi, senderLo, operation === arp.REPLY ? "REACHABLE" : "STALE", cause);
  }
  ns.world.end(packet, Verdict.delivered, ns.place);
}
