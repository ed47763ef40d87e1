import { PortPlace } from "../sim/flow-class.ts";
import type { LegRecording } from "../sim/leg-recording.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import type { World } from "../sim/world.ts";
import * as checksum from "../wire/checksum.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as udp from "../wire/udp.ts";
import * as icmpError from "./icmp-error.ts";
import { DeliveryByPort } from "./leg-ends.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as reasons from "./reasons.ts";
import type { UdpSocket } from "./udp-socket.ts";

/** Hands a datagram to the socket that is bound to where it goes (udp_rcv). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.transportAt;
  const ip = packet.networkAt;
  if (!udp.fits(view, at, packet.at + packet.length - at)) {
    ns.snmp.udpInErrors++;
    ns.drop(packet, Verdict.PKT_TOO_SMALL);
    return;
  }
  const dst = ipv4.dst(view, ip);
  const src = ipv4.src(view, ip);
  if (!packet.trusted && !udp.isChecksumValid(view, at, src, dst)) {
    ns.snmp.udpInErrors++;
    ns.snmp.udpInCsumErrors++;
    ns.drop(packet, Verdict.UDP_CSUM);
    return;
  }
  if ((packet.flags & PacketFlag.toGroup) !== 0) {
    toGroup(ns, device, packet);
    return;
  }
  const socket = ns.sockets.findUdp(device, dst, udp.dstPort(view, at), src, udp.srcPort(view, at));
  if (socket === null) {
    ns.snmp.udpNoPorts++;
    icmpError.send(ns, packet, icmp.DESTINATION_UNREACHABLE, icmp.PORT_UNREACHABLE, 0);
    ns.drop(packet, Verdict.NO_SOCKET, reasons.noSocket(ns, "udp", dst, udp.dstPort(view, at)));
    return;
  }
  ns.snmp.udpDelivered(ns.world.leg);
  const { leg } = ns.world;
  const end = leg === null ? null : legEnd(leg, device, socket, packet);
  packet.length = udp.length(view, at) - udp.HEADER_LEN;
  packet.at = at + udp.HEADER_LEN;
  if (leg !== null) leg.pulls(packet);
  socket.deliver(device, packet, end);
}

/** Where a leg ends that has come to a socket: null for always the same one. */
function legEnd(
  leg: LegRecording,
  device: NetDevice,
  socket: UdpSocket,
  packet: Packet,
): DeliveryByPort | null {
  const { view, networkAt, transportAt: at } = packet;
  const { ns } = device;
  if (leg.open?.place !== PortPlace.destination) {
    // Another one might listen to some senders only.
    if (leg.isOfClass && !ns.sockets.hasOne(udp.dstPort(view, at))) ns.world.leg = null;
    socket.inLegs = true;
    return null;
  }
  if (socket.encapReceiver !== null) ns.world.leg = null;
  const src = ipv4.src(view, networkAt);
  const dst = ipv4.dst(view, networkAt);
  const end = new DeliveryByPort(device, dst, src, udp.srcPort(view, at), leg.open.port);
  leg.does(end);
  return end;
}

/** Every socket that listens gets a copy; nobody answers when there is none. */
function toGroup(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const { view, transportAt: at, networkAt } = packet;
  const src = ipv4.src(view, networkAt);
  const dst = ipv4.dst(view, networkAt);
  const port = udp.dstPort(view, at);
  const sockets = ns.sockets.findUdpGroup(device, dst, port, src, udp.srcPort(view, at));
  if (sockets.length === 0) {
    ns.snmp.udpIgnoredMulti++;
    ns.drop(packet, Verdict.NO_SOCKET, reasons.noSocket(ns, "udp", dst, port));
    return;
  }
  packet.length = udp.length(view, at) - udp.HEADER_LEN;
  packet.at = at + udp.HEADER_LEN;
  for (let i = 1; i < sockets.length; i++) {
    ns.snmp.udpDelivered(ns.world.leg);
    sockets[i]!.deliver(device, ns.world.pool.copy(packet));
  }
  ns.snmp.udpDelivered(ns.world.leg);
  sockets[0]!.deliver(device, packet);
}

/**
 * Puts a UDP header in front of what `packet` holds. The checksum is left unfinished, as the kernel leaves it for the
 * device (CHECKSUM_PARTIAL): the field holds the pseudo header's sum until somebody looks.
 */
export function push(
  world: World,
  packet: Packet,
  src: number,
  srcPort: number,
  dst: number,
  dstPort: number,
): void {
  const at = packet.at - udp.HEADER_LEN;
  const length = packet.length + udp.HEADER_LEN;
  packet.at = at;
  packet.length = length;
  const constant = checksum.pseudoHeader(src, dst, ipv4.PROTO_UDP, 0);
  udp.write(packet.view, at, srcPort, dstPort, length, checksum.fold(constant + length));
  packet.checksumStart = at;
  packet.checksumField = udp.CHECKSUM;
  if (world.leg !== null) world.leg.pushesUdp(packet, constant);
}
