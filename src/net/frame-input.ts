import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as arp from "./arp.ts";
import * as ipInput from "./ip-input.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";

const LOOPED = PacketFlag.ipvs | PacketFlag.traced;
const BRIDGE = PacketFlag.bridged | PacketFlag.leftBridge;

/** A namespace's stack gets a frame that came in by `device` (the end of __netif_receive_skb_core). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at;
  const hi = ethernet.dstHi(view, at);
  // PACKET_OTHERHOST, unless it is for all, for a group, or for this device or the bridge's port that it came by.
  let otherHost = false;
  // Of what the packet was before, only a bridge that it comes up from is remembered.
  const bridge = (packet.flags & BRIDGE) === PacketFlag.bridged ? PacketFlag.bridged : 0;
  if ((hi & 0x0100) === 0) {
    otherHost =
      (hi !== device.macHi || ethernet.dstLo(view, at) !== device.macLo) &&
      (packet.flags & PacketFlag.toPort) === 0;
    // What goes through `lo` is not new to IPVS, and is still traced.
    packet.flags = device.loopback ? packet.flags & LOOPED : bridge;
  } else {
    const all = hi === 0xffff && ethernet.dstLo(view, at) === -1;
    packet.flags = bridge | (all ? PacketFlag.linkBroadcast : PacketFlag.linkMulticast);
  }
  const type = ethernet.type(view, at);
  if (otherHost && isKnown(type)) {
    const entry = reasons.otherAddress(device, hi, ethernet.dstLo(view, at));
    device.drop(packet, Verdict.OTHERHOST, entry);
    return;
  }
  switch (type) {
    case ethernet.TYPE_IPV4:
      ipInput.receive(ns, device, packet);
      return;
    case ethernet.TYPE_ARP:
      arp.receive(ns, device, packet);
      return;
    case ethernet.TYPE_VLAN:
      receiveTagged(ns, device, packet);
      return;
    default:
      unhandled(ns, device, packet, type);
  }
}

/** Whether Linux has a handler of the type; that of IPv6 only drops here. */
function isKnown(type: number): boolean {
  return type === ethernet.TYPE_IPV4 || type === ethernet.TYPE_ARP || type === ethernet.TYPE_IPV6;
}

/** Nobody here handles the type. What a capture has taken does not count as dropped. */
function unhandled(ns: NetworkNamespace, device: NetDevice, packet: Packet, type: number): void {
  if (!isKnown(type) && device.tap === null) device.counters.rxDropped++;
  device.drop(packet, Verdict.UNHANDLED_PROTO, reasons.noProtocol(ns, "EtherType", type));
}

/**
 * A frame with an 802.1Q tag that no VLAN device took. In VLAN 0 it has a priority only, and is handled as if it had no
 * tag; in any other it is for somebody else (__netif_receive_skb_core).
 */
function receiveTagged(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const { view, at } = packet;
  ns.world.leg = null;
  if (packet.length < ethernet.HEADER_LEN + ethernet.TAG_LEN) {
    device.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  const vid = ethernet.vlanId(view, at);
  if (vid !== 0) {
    const type = ethernet.innerType(view, at);
    if (isKnown(type)) device.drop(packet, Verdict.OTHERHOST, reasons.noVlan(device, vid));
    else unhandled(ns, device, packet, type);
    return;
  }
  packet.at = ethernet.popTag(view, at);
  packet.length -= ethernet.TAG_LEN;
  receive(ns, device, packet);
}
