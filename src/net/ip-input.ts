import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as icmpHeader from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as icmp from "./icmp.ts";
import * as icmpError from "./icmp-error.ts";
import * as igmp from "./igmp.ts";
import * as ipForward from "./ip-forward.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";
import { DefragUser } from "./reassembly.ts";
import type { SnmpCounters } from "./snmp.ts";
import * as tcpInput from "./tcp/input.ts";
import * as udp from "./udp.ts";

const BRIDGE = PacketFlag.bridged | PacketFlag.leftBridge;
const LINK_GROUP = PacketFlag.linkBroadcast | PacketFlag.linkMulticast;

/** Takes an IPv4 frame that came in by `device` (ip_rcv). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const length = packet.length - ethernet.HEADER_LEN;
  const total = ipv4.check(view, at, length);
  if (total < 0) {
    spoilt(ns, packet, at, length);
    return;
  }
  ns.snmp.inReceived(ns.world.leg);
  packet.at = at;
  packet.length = total; // without Ethernet's padding
  packet.networkAt = at;
  packet.transportAt = at + ipv4.headerLength(view, at);
  packet.fragmentMax = 0;
  const { leg } = ns.world;
  if (leg !== null) leg.pulls(packet);
  const prerouting = ns.hooks.prerouting;
  // What comes up from a bridge passed PREROUTING there (ip_sabotage_in).
  if ((packet.flags & BRIDGE) === PacketFlag.bridged) packet.flags |= PacketFlag.leftBridge;
  else if (!prerouting.empty && !prerouting.run(packet, device, null)) return;
  route(ns, device, packet);
}

/** The header cannot be believed, in the order in which Linux looks (ip_rcv_core). */
function spoilt(ns: NetworkNamespace, packet: Packet, at: number, length: number): void {
  const { snmp } = ns;
  snmp.inReceived(ns.world.leg);
  ns.drop(packet, problem(snmp, packet.view, at, length));
}

function problem(snmp: SnmpCounters, view: DataView, at: number, length: number): Verdict {
  const isHeader =
    length >= ipv4.HEADER_LEN &&
    ipv4.version(view, at) === 4 &&
    ipv4.headerLength(view, at) >= ipv4.HEADER_LEN &&
    ipv4.headerLength(view, at) <= length;
  if (isHeader && !ipv4.isChecksumValid(view, at)) {
    snmp.inHdrErrors++;
    snmp.inCsumErrors++;
    return Verdict.IP_CSUM;
  }
  if (isHeader && ipv4.totalLength(view, at) > length) {
    snmp.inTruncatedPkts++;
    return Verdict.PKT_TOO_SMALL;
  }
  snmp.inHdrErrors++;
  return Verdict.IP_INHDR;
}

/** Decides whether a packet is for this namespace or to be passed on (ip_rcv_finish). For hooks that held it back too. */
export function route(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at;
  const input = ns.input;
  const tos = ipv4.tos(view, at) & 0xfc;
  const protocol = ipv4.protocol(view, at);
  const way = input.decide(device, ipv4.dst(view, at), ipv4.src(view, at), tos, packet.mark, protocol);
  if (way === null) {
    refuse(ns, device, packet);
    return;
  }
  const type = way.type;
  if (type === "unicast") {
    if ((packet.flags & LINK_GROUP) === 0 || mayBeInGroup(ns, device, packet))
      ipForward.forward(ns, device, packet, way);
    return;
  }
  if (type !== "local") {
    packet.flags |= PacketFlag.toGroup;
    ns.world.leg = null;
  } else if ((packet.flags & LINK_GROUP) !== 0 && !mayBeInGroup(ns, device, packet)) return;
  const tap = ns.world.tap;
  if (tap !== null) {
    if (input.rule !== 0) tap.record(ns.place, packet, Verdict.ruled, input.rule);
    tap.record(ns.place, packet, Verdict.local, way.ref);
  }
  local(ns, device, packet);
}

/** A unicast packet in a link-layer broadcast: forbidden by drop_unicast_in_l2_multicast (RFC 1122, 3.3.6). */
function mayBeInGroup(ns: NetworkNamespace, device: NetDevice, packet: Packet): boolean {
  const drop = device.ipv4.conf.drop_unicast_in_l2_multicast | ns.ipv4.allConf.drop_unicast_in_l2_multicast;
  if (drop === 0) return true;
  const entry = reasons.deviceSetting(device, "drop_unicast_in_l2_multicast");
  ns.drop(packet, Verdict.UNICAST_IN_L2_MULTICAST, entry);
  return false;
}

/** Routing said no: a martian ends silently, a route's error is told to the sender by a router (ip_error). */
function refuse(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const { error, verdict, entry } = ns.input;
  if (error !== null) {
    const code = codeOf(error);
    const src = ipv4.src(packet.view, packet.at);
    if (device.ipv4.conf.forwarding === 0) ns.snmp.inAddrErrors++;
    else if (error === "ENETUNREACH") ns.snmp.inNoRoutes++;
    if (device.ipv4.conf.forwarding !== 0 && code !== null && ns.icmpLimits.allowRouteError(src))
      icmpError.send(ns, packet, icmpHeader.DESTINATION_UNREACHABLE, code, 0);
  }
  if (verdict === Verdict.IP_RPFILTER) ns.snmp.reversePathFiltered++;
  ns.drop(packet, verdict, entry);
}

function codeOf(error: Errno): number | null {
  switch (error) {
    case "EHOSTUNREACH":
      return icmpHeader.HOST_UNREACHABLE;
    case "ENETUNREACH":
      return icmpHeader.NET_UNREACHABLE;
    case "EACCES":
      return icmpHeader.ADMIN_PROHIBITED;
    default:
      return null;
  }
}

/** Delivers a packet to this host (ip_local_deliver). */
export function local(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  if (ipv4.isFragment(packet.view, packet.networkAt)) {
    ns.world.leg = null;
    const whole = ns.reassembly.add(packet, DefragUser.localDeliver);
    if (whole === null) return;
    packet = whole;
  }
  const input = ns.hooks.input;
  if (!input.empty && !input.run(packet, device, null)) return;
  deliver(ns, device, packet);
}

/** Hands a packet to the sockets and the protocol that want it (ip_local_deliver_finish). */
function deliver(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const protocol = ipv4.protocol(packet.view, packet.networkAt);
  if (ns.sockets.hasRaw) ns.world.leg = null;
  const raw = ns.sockets.hasRaw && ns.sockets.deliverRaw(device, packet);
  switch (protocol) {
    case ipv4.PROTO_UDP:
      ns.snmp.inDelivered(ns.world.leg);
      udp.receive(ns, device, packet);
      return;
    case ipv4.PROTO_TCP:
      ns.snmp.inDelivered(ns.world.leg);
      ns.world.leg = null;
      tcpInput.receive(ns, device, packet);
      return;
    case ipv4.PROTO_ICMP:
      ns.snmp.inDelivered(ns.world.leg);
      icmp.receive(ns, device, packet);
      return;
    case ipv4.PROTO_IGMP:
      ns.snmp.inDelivered(ns.world.leg);
      igmp.receive(ns, device, packet);
      return;
    default:
      other(ns, device, packet, protocol, raw);
  }
}

function other(
  ns: NetworkNamespace,
  device: NetDevice,
  packet: Packet,
  protocol: number,
  raw: boolean,
): void {
  const handler = ns.host.kernel.protocols.get(protocol);
  if (handler !== undefined) {
    ns.snmp.inDelivered(ns.world.leg);
    handler(ns, device, packet);
  } else if (raw) {
    ns.snmp.inDelivered(ns.world.leg);
    ns.world.end(packet, Verdict.delivered, ns.place);
  } else {
    ns.snmp.inUnknownProtos++;
    icmpError.send(ns, packet, icmpHeader.DESTINATION_UNREACHABLE, icmpHeader.PROTOCOL_UNREACHABLE, 0);
    ns.drop(packet, Verdict.IP_NOPROTO, reasons.noProtocol(ns, "IP protocol", protocol));
  }
}
