import { finishChecksum } from "../sim/finish-checksum.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import { addressType } from "./address-type.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import { Scope } from "./route-kind.ts";

/** An error message and what it quotes never have more bytes than this (RFC 1812, 4.3.2.3). */
const MAX_LENGTH = 576;
/** Precedence "internetwork control" (IPTOS_PREC_INTERNETCONTROL). */
const CONTROL = 0xc0;
/** 192.0.0.8: who speaks when a host has no address at all (RFC 7600, INADDR_DUMMY). */
const DUMMY_SOURCE = 0xc0000008 | 0;

/**
 * Tells the sender of `packet` what is wrong with it (icmp_send). The packet stays the caller's; `packet.networkAt` is
 * at its IP header. `rest` is the message's second word: an MTU, a gateway, a pointer.
 */
export function send(ns: NetworkNamespace, packet: Packet, type: number, code: number, rest: number): void {
  const view = packet.view;
  const at = packet.networkAt;
  if ((packet.flags & (PacketFlag.linkBroadcast | PacketFlag.linkMulticast)) !== 0) return;
  const dst = ipv4.dst(view, at);
  const dstType = addressType(ns, dst);
  if (dstType === "broadcast" || dstType === "multicast") return;
  if (ipv4.fragmentOffset(view, at) !== 0) return;
  if (icmp.isErrorType(type) && quotesError(packet)) return;
  const input = packet.device as NetDevice | null;
  if ((input === null || !input.loopback) && !ns.icmpLimits.allowGlobally(type, code)) {
    ns.snmp.icmpOutRateLimitGlobal++;
    return;
  }

  const to = ipv4.src(view, at);
  const tos = icmp.isErrorType(type) ? (ipv4.tos(view, at) & 0x1e) | CONTROL : ipv4.tos(view, at);
  const mark = ns.ipv4.fwmark_reflect !== 0 ? packet.mark : 0;
  let src = dst;
  if (dstType !== "local") {
    const inbound = ns.ipv4.icmp_errors_use_inbound_ifaddr !== 0 ? input : null;
    src = inbound === null ? 0 : inbound.ipv4.select(to, Scope.link);
  }
  const way = ipOutput.route(ns, to, src, 0, mark, tos & 0xfc);
  if (way === null) return;
  const device = way.type === "local" ? ns.loopback : way.device!;
  if (!device.loopback && !ns.icmpLimits.allow(to, type, code)) {
    ns.snmp.icmpOutRateLimitHost++;
    return;
  }
  if (src === 0) src = ipOutput.sourceFor(way, to) || DUMMY_SOURCE;

  const room = Math.min(ipOutput.mtu(ns, way, to, false), MAX_LENGTH) - ipv4.HEADER_LEN - icmp.HEADER_LEN;
  if (room <= ipv4.HEADER_LEN) return;
  finishChecksum(packet);
  const quoted = Math.min(room, packet.at + packet.length - at);
  const message = ns.world.pool.allocate(icmp.HEADER_LEN + quoted, packet);
  const body = message.at;
  icmp.setType(message.view, body, type);
  icmp.setCode(message.view, body, code);
  icmp.setRest(message.view, body, rest);
  copyBetween(packet, at, message, body + icmp.HEADER_LEN, quoted);
  icmp.fillChecksum(message.view, body, icmp.HEADER_LEN + quoted);
  message.mark = mark;
  message.flags |= PacketFlag.fromKernel;
  if (icmp.isErrorType(type)) ns.conntrack?.attach(message, packet);
  ns.snmp.icmpSent(type);
  ns.snmp.outRequested(ns.world.leg);
  ns.note(message, Verdict.sent, 0);
  const id = ns.host.identifications.next(src, to, ipv4.PROTO_ICMP);
  ipOutput.send(ns, message, way, src, to, ipv4.PROTO_ICMP, tos, ns.ipv4.ip_default_ttl, 0, id);
}

/** True for an ICMP error, and for ICMP of a type that nobody knows. */
function quotesError(packet: Packet): boolean {
  const view = packet.view;
  const at = packet.networkAt;
  if (ipv4.protocol(view, at) !== ipv4.PROTO_ICMP) return false;
  const inner = at + ipv4.headerLength(view, at);
  if (inner >= packet.at + packet.length) return true;
  const type = icmp.type(view, inner);
  return type > 18 || icmp.isErrorType(type);
}

/** The link-layer address of the next hop cannot be found (ipv4_link_failure). */
export function hostUnreachable(ns: NetworkNamespace, packet: Packet): void {
  send(ns, packet, icmp.DESTINATION_UNREACHABLE, icmp.HOST_UNREACHABLE, 0);
}

export function fragmentationNeeded(ns: NetworkNamespace, packet: Packet, mtu: number): void {
  send(ns, packet, icmp.DESTINATION_UNREACHABLE, icmp.FRAGMENTATION_NEEDED, mtu);
}
