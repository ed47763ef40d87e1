import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as arpRules from "./arp-rules.ts";
import * as icmpError from "./icmp-error.ts";
import * as ipOutput from "./ip-output.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";

const LINK_GROUP = PacketFlag.linkBroadcast | PacketFlag.linkMulticast;

/** Passes a packet on to another device (ip_forward). */
export function forward(ns: NetworkNamespace, device: NetDevice, packet: Packet, way: Route): void {
  if ((packet.flags & LINK_GROUP) !== 0) {
    // What came to all or to a group of the link is not passed on.
    ns.drop(packet, Verdict.NOT_SPECIFIED);
    return;
  }
  const view = packet.view;
  const at = packet.at;
  if (ipv4.ttl(view, at) <= 1) {
    ns.snmp.inHdrErrors++;
    icmpError.send(ns, packet, icmp.TIME_EXCEEDED, icmp.TTL_EXCEEDED, 0);
    ns.drop(packet, Verdict.TTL_EXCEEDED);
    return;
  }
  const { leg } = ns.world;
  // Counted first, since Linux 6.6: what is too big or dropped by FORWARD is among it.
  ns.snmp.forwarded(leg);
  const dst = ipv4.dst(view, at);
  packet.flags |= PacketFlag.forwarded;
  const mtu = ipOutput.mtu(ns, way, dst, true);
  if (packet.length > mtu && isTooBig(packet, mtu)) {
    ns.snmp.fragFails++;
    icmpError.fragmentationNeeded(ns, packet, mtu);
    ns.drop(packet, Verdict.PKT_TOO_BIG, ipOutput.mtuEntry(ns, way, dst, true));
    return;
  }
  if (leg !== null) {
    leg.allows(packet, mtu);
    leg.forwards(packet);
  }
  ipv4.decrementTtl(view, at);
  if (way.device === device && ns.input.sourceOnLink) {
    ns.world.leg = null;
    redirect(ns, device, packet, way, dst);
  }
  const hook = ns.hooks.forward;
  if (!hook.empty && !hook.run(packet, device, way.device)) return;
  const tap = ns.world.tap;
  if (tap !== null) {
    if (ns.input.rule !== 0) tap.record(ns.place, packet, Verdict.ruled, ns.input.rule);
    tap.record(ns.place, packet, Verdict.forwarded, way.ref);
  }
  ipOutput.output(ns, packet, way, dst);
}

/** ip_exceeds_mtu */
function isTooBig(packet: Packet, mtu: number): boolean {
  if (!ipv4.dontFragment(packet.view, packet.at)) return false;
  return packet.fragmentMax === 0 || packet.fragmentMax > mtu;
}

/** The sender could have gone straight to the next hop: it is told, now and then (ip_rt_send_redirect). */
function redirect(ns: NetworkNamespace, device: NetDevice, packet: Packet, way: Route, dst: number): void {
  const { conf } = device.ipv4;
  const { allConf } = ns.ipv4;
  if ((conf.send_redirects | allConf.send_redirects) === 0) return;
  const src = ipv4.src(packet.view, packet.at);
  if ((conf.shared_media | allConf.shared_media) === 0 && !arpRules.isOnLink(device, src, way.gateway))
    return;
  if (!ns.icmpLimits.allowRedirect(src)) return;
  icmpError.send(ns, packet, icmp.REDIRECT, icmp.REDIRECT_HOST, ipOutput.nexthop(ns, way, dst));
}
