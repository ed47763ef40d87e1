import type { Packet } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ethernet from "../wire/ethernet.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as icmp from "./icmp.ts";
import * as ipForward from "./ip-forward.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import * as udp from "./udp.ts";

/** Takes an IPv4 frame that came in by `device` (ip_rcv). */
export function receive(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at + ethernet.HEADER_LEN;
  const length = packet.length - ethernet.HEADER_LEN;
  if (!ipv4.fits(view, at, length)) {
    ns.drop(packet, Verdict.IP_INHDR);
    return;
  }
  if (!ipv4.isChecksumValid(view, at)) {
    ns.drop(packet, Verdict.IP_CSUM);
    return;
  }
  packet.at = at;
  packet.length = ipv4.totalLength(view, at); // without Ethernet's padding
  packet.networkAt = at;
  packet.transportAt = at + ipv4.headerLength(view, at);
  const prerouting = ns.hooks.prerouting;
  if (!prerouting.empty && !prerouting.run(packet, device, null)) return;
  route(ns, device, packet);
}

/** Decides whether a packet is for this namespace or to be passed on (ip_route_input). */
function route(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const view = packet.view;
  const at = packet.at;
  const key = ns.fib.key;
  key.dst = ipv4.dst(view, at);
  key.src = ipv4.src(view, at);
  key.iif = device.ifindex;
  key.oif = 0;
  key.mark = packet.mark;
  key.tos = ipv4.tos(view, at) & 0x1e;
  const way = ns.fib.lookup();
  if (way === null) {
    ns.drop(packet, Verdict.IP_INNOROUTES);
    return;
  }
  if (way.type === "local" || way.type === "broadcast") {
    ns.note(packet, Verdict.local, way.ref);
    local(ns, device, packet);
  } else ipForward.forward(ns, device, packet, way);
}

/** Delivers a packet to the protocol that it carries (ip_local_deliver). */
export function local(ns: NetworkNamespace, device: NetDevice, packet: Packet): void {
  const input = ns.hooks.input;
  if (!input.empty && !input.run(packet, device, null)) return;
  switch (ipv4.protocol(packet.view, packet.networkAt)) {
    case ipv4.PROTO_UDP:
      udp.receive(ns, device, packet);
      return;
    case ipv4.PROTO_ICMP:
      icmp.receive(ns, device, packet);
      return;
    default:
      ns.drop(packet, Verdict.IP_NOPROTO);
  }
}
