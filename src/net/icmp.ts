import { type Packet, PacketFlag } from "../sim/packet.ts";
import { copyBetween } from "../sim/packet-pool.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as icmpInput from "./icmp-input.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** Handles an ICMP message for this namespace (icmp_rcv). Raw sockets have seen it already. */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.transportAt;
  const length = packet.at + packet.length - at;
  ns.snmp.icmpInMsgs++;
  if (!icmp.fits(view, at, length) || (!packet.trusted && !icmp.isChecksumValid(view, at, length))) {
    ns.snmp.icmpInErrors++;
    ns.snmp.icmpInCsumErrors++;
    ns.drop(packet, Verdict.ICMP_CSUM);
    return;
  }
  const type = icmp.type(view, at);
  ns.snmp.icmpReceived(type);
  if ((packet.flags & PacketFlag.toGroup) !== 0 && !mayGoToGroups(ns, type)) {
    ns.snmp.icmpInErrors++;
    ns.drop(packet, Verdict.INVALID_PROTO);
    return;
  }
  if (type > icmp.MAX_TYPE && type !== icmp.EXTENDED_ECHO_REQUEST && type !== icmp.EXTENDED_ECHO_REPLY) {
    ns.snmp.icmpInErrors++;
    ns.drop(packet, Verdict.UNHANDLED_PROTO);
    return;
  }
  if (type === icmp.ECHO_REQUEST) {
    if (ns.ipv4.icmp_echo_ignore_all === 0) echo(ns, device, packet, length);
  } else if (icmp.isErrorType(type)) {
    const verdict = icmpInput.error(ns, device, packet, length);
    if (verdict !== Verdict.delivered) {
      ns.drop(packet, verdict);
      return;
    }
  }
  ns.world.end(packet, Verdict.delivered, ns.place);
}

/** To all or to a group may go questions, if the sysctl allows it (RFC 1122, 3.2.2.6). */
function mayGoToGroups(ns: NetworkNamespace, type: number): boolean {
  const question = type === icmp.ECHO_REQUEST || type === icmp.TIMESTAMP_REQUEST;
  return question && ns.ipv4.icmp_echo_ignore_broadcasts === 0;
}

/** The address of this host for whoever asked all, or a group (fib_compute_spec_dst). */
function sourceTowards(ns: NetworkNamespace, device: NetDevice, dst: number, mark: number): number {
  const way = dst === 0 ? null : ipOutput.route(ns, dst, 0, 0, mark, 0);
  return way === null ? ipOutput.selectSource(device, dst) : ipOutput.sourceFor(way, dst);
}

/** Answers an echo request (icmp_echo, icmp_reply). */
function echo(ns: NetworkNamespace, device: NetDevice, packet: Packet, length: number): void {
  const asked = ipv4.dst(packet.view, packet.networkAt);
  const dst = ipv4.src(packet.view, packet.networkAt);
  const tos = ipv4.tos(packet.view, packet.networkAt);
  const mark = ns.ipv4.fwmark_reflect !== 0 ? packet.mark : 0;
  const group = (packet.flags & PacketFlag.toGroup) !== 0;
  const src = group ? sourceTowards(ns, device, dst, mark) : asked;
  const way = ipOutput.route(ns, dst, src, 0, mark, tos & 0xfc);
  if (way === null) return;
  if (!ns.icmpLimits.allowGlobally(icmp.ECHO_REPLY, 0) || !ns.icmpLimits.allow(dst, icmp.ECHO_REPLY, 0))
    return;
  const reply = ns.world.pool.allocate(length, packet);
  copyBetween(packet, packet.transportAt, reply, reply.at, length);
  icmp.setType(reply.view, reply.at, icmp.ECHO_REPLY);
  icmp.fillChecksum(reply.view, reply.at, length);
  reply.trusted = packet.trusted;
  reply.mark = mark;
  reply.flags |= PacketFlag.fromKernel;
  ns.snmp.icmpSent(icmp.ECHO_REPLY);
  ns.snmp.outRequested(ns.world.leg);
  ns.note(reply, Verdict.sent, 0);
  const id = ns.host.identifications.next(src, dst, ipv4.PROTO_ICMP);
  ipOutput.send(ns, reply, way, src, dst, ipv4.PROTO_ICMP, tos, ns.ipv4.ip_default_ttl, 0, id);
}
