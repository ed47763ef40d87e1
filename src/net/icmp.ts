import type { Packet } from "../sim/packet.ts";
import { copyBytes } from "../sim/packet-pool.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";

/** Handles an ICMP message for this namespace (icmp_rcv). */
export function receive(ns: NetworkNamespace, _device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.transportAt;
  const length = packet.at + packet.length - at;
  if (!icmp.fits(view, at, length) || (!packet.trusted && !icmp.isChecksumValid(view, at, length))) {
    ns.drop(packet, Verdict.ICMP_CSUM);
    return;
  }
  if (icmp.type(view, at) === icmp.ECHO_REQUEST) echo(ns, packet, length);
  ns.sockets.deliverRaw(packet);
  ns.world.end(packet, Verdict.delivered, ns.place);
}

/** Answers an echo request (icmp_echo). */
function echo(ns: NetworkNamespace, packet: Packet, length: number): void {
  const src = ipv4.dst(packet.view, packet.networkAt);
  const dst = ipv4.src(packet.view, packet.networkAt);
  const tos = ipv4.tos(packet.view, packet.networkAt);
  const way = ipOutput.route(ns, dst, src, 0, 0, tos & 0x1e);
  if (way === null) return;
  const reply = ns.world.pool.allocate(length, packet);
  copyBytes(packet, packet.transportAt, reply, reply.at, length);
  icmp.setType(reply.view, reply.at, icmp.ECHO_REPLY);
  icmp.fillChecksum(reply.view, reply.at, length);
  ns.note(reply, Verdict.sent, 0);
  ipOutput.send(
    ns,
    reply,
    way,
    src,
    dst,
    ipv4.PROTO_ICMP,
    tos,
    ns.ipv4.ip_default_ttl,
    0,
    ns.ipv4.nextIdentification(),
  );
}
