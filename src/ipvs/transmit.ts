import * as addressType from "../net/address-type.ts";
import { HookResult } from "../net/hooks.ts";
import * as icmpError from "../net/icmp-error.ts";
import * as ipOutput from "../net/ip-output.ts";
import { rewrite } from "../net/rewrite-addresses.ts";
import type { Route } from "../net/route.ts";
import type { Way } from "../net/way.ts";
import { finishChecksum } from "../sim/finish-checksum.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import { Verdict } from "../sim/verdict.ts";
import * as icmp from "../wire/icmp.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import type { IpvsConnection } from "./connection.ts";
import { ConnectionFlag, ForwardMethod } from "./connection-flags.ts";
import type { Ipvs } from "./ipvs.ts";
import { translateError } from "./translate-error.ts";

/** The smallest MTU of IPv4 (RFC 791). */
const MIN_MTU = 68;

/** Where the packet comes from: the network or this host; or it is passed on. */
export type Origin = "input" | "output" | "forward";

/** Sends a packet of a connection to its destination, by the connection's method (packet_xmit). */
export function transmit(
  ipvs: Ipvs,
  connection: IpvsConnection,
  packet: Packet,
  origin: Origin,
  isError: boolean,
): HookResult {
  const { method } = connection;
  if (method === ForwardMethod.local) return proceed(ipvs, connection, packet);
  const way = wayTo(ipvs, connection, packet);
  if (way === null) return hostUnreachable(ipvs, connection, packet);
  const isLocal = way.route.type === "local";
  if (crossesBoundary(ipvs, packet, method, isLocal, origin, isError))
    return lose(ipvs, connection, packet, Verdict.NOT_SPECIFIED);
  const isMasquerade = method === ForwardMethod.masquerade;
  if (!isLocal) {
    if (!decrementTtl(ipvs, packet)) return lose(ipvs, connection, packet, Verdict.TTL_EXCEEDED);
    if (!fits(ipvs, packet, way, method, isError)) return lose(ipvs, connection, packet, Verdict.PKT_TOO_BIG);
  } else if (isMasquerade && origin === "input" && ip.isLoopback(connection.address))
    return lose(ipvs, connection, packet, Verdict.IP_LOCALNET);
  if (isMasquerade) {
    if (isError) translateError(packet, false, connection.address, connection.port);
    else
      rewrite(
        packet,
        packet.networkAt,
        packet.at + packet.length,
        false,
        connection.address,
        connection.port,
      );
  }
  if (isLocal) return proceed(ipvs, connection, packet);
  if (method === ForwardMethod.tunnel) encapsulate(ipvs, connection, packet, way);
  else {
    mark(ipvs, connection, packet, isMasquerade);
    send(ipvs, packet, way.route, way.dst);
  }
  return HookResult.stolen;
}

/** The way to the destination; a bypass goes where the packet itself is addressed to. */
function wayTo(ipvs: Ipvs, connection: IpvsConnection, packet: Packet): Way | null {
  const isBypass = connection.method === ForwardMethod.bypass;
  const way = isBypass ? ipvs.bypassWay : connection.destination!.way;
  const dst = isBypass ? ipv4.dst(packet.view, packet.networkAt) : connection.address;
  return way.find(ipvs.ns, dst, 0, 0, 0, 0) ? way : null;
}

/** What was for this host may be handed on, or to it; what was not may not end here (crosses_local_route_boundary). */
function crossesBoundary(
  ipvs: Ipvs,
  packet: Packet,
  method: ForwardMethod,
  isLocal: boolean,
  origin: Origin,
  isError: boolean,
): boolean {
  const { view, networkAt } = packet;
  if (!isLocal) return ip.isLoopback(ipv4.src(view, networkAt));
  if (method === ForwardMethod.bypass) return true;
  if (method === ForwardMethod.masquerade) return isError && origin === "forward";
  if (origin === "input") return false;
  return origin === "forward" || addressType.isLocal(ipvs.ns, ipv4.dst(view, networkAt)) === false;
}

/** IPVS is a router to its packets: they do not go round for ever (decrement_ttl). */
function decrementTtl(ipvs: Ipvs, packet: Packet): boolean {
  const { view, networkAt } = packet;
  if (ipv4.ttl(view, networkAt) <= 1) {
    ipvs.ns.snmp.inHdrErrors++;
    icmpError.send(ipvs.ns, packet, icmp.TIME_EXCEEDED, icmp.TTL_EXCEEDED, 0);
    return false;
  }
  ipv4.decrementTtl(view, networkAt);
  return true;
}

/** The sender of a packet with DF that is too long is told so (ensure_mtu_is_adequate). */
function fits(ipvs: Ipvs, packet: Packet, way: Way, method: ForwardMethod, isError: boolean): boolean {
  let { mtu } = way;
  if (method === ForwardMethod.tunnel) {
    mtu -= ipv4.HEADER_LEN;
    if (mtu < MIN_MTU) return false;
    if (ipvs.settings.pmtu_disc === 0) return true;
  }
  if (packet.length <= mtu || isError || !ipv4.dontFragment(packet.view, packet.networkAt)) return true;
  icmpError.fragmentationNeeded(ipvs.ns, packet, mtu);
  return false;
}

function hostUnreachable(ipvs: Ipvs, connection: IpvsConnection, packet: Packet): HookResult {
  icmpError.hostUnreachable(ipvs.ns, packet);
  return lose(ipvs, connection, packet, Verdict.IP_OUTNOROUTES);
}

function lose(ipvs: Ipvs, connection: IpvsConnection, packet: Packet, verdict: Verdict): HookResult {
  ipvs.ns.world.end(packet, verdict, ipvs.ns.place, connection.ref);
  return HookResult.stolen;
}

/** The destination is here: the packet goes on as it would have. */
function proceed(ipvs: Ipvs, connection: IpvsConnection, packet: Packet): HookResult {
  mark(ipvs, connection, packet, connection.method === ForwardMethod.masquerade);
  return HookResult.accept;
}

/** From here on IPVS and, unless it is asked to go on, connection tracking leave the packet alone. */
function mark(ipvs: Ipvs, connection: IpvsConnection, packet: Packet, isMasquerade: boolean): void {
  packet.flags |= PacketFlag.ipvs;
  const { conntrack } = ipvs;
  if (conntrack === null) return;
  if ((connection.flags & ConnectionFlag.tracked) === 0) conntrack.untrack(packet);
  else if (isMasquerade && (connection.flags & ConnectionFlag.onePacket) === 0)
    conntrack.alterReplySource(packet, connection.address, connection.port);
}

/** Through OUTPUT and on, as if it were from here; DF forbids nothing any more. */
function send(ipvs: Ipvs, packet: Packet, route: Route, dst: number): void {
  const { ns } = ipvs;
  packet.flags |= PacketFlag.ignoreDf;
  const { output } = ns.hooks;
  if (!output.empty && !output.run(packet, null, route.device)) return;
  ns.note(packet, Verdict.routed, route.ref);
  ipOutput.output(ns, packet, route, dst);
}

/** Puts an IP header of its own in front (ip_vs_tunnel_xmit). */
function encapsulate(ipvs: Ipvs, connection: IpvsConnection, packet: Packet, way: Way): void {
  const { ns } = ipvs;
  const { view, networkAt: inner } = packet;
  finishChecksum(packet);
  const tos = ipv4.tos(view, inner);
  const ttl = ipv4.ttl(view, inner);
  const df = ipvs.settings.pmtu_disc !== 0 && ipv4.dontFragment(view, inner) ? ipv4.DONT_FRAGMENT : 0;
  const src = way.source;
  const dst = connection.address;
  const at = inner - ipv4.HEADER_LEN;
  packet.at = at;
  packet.networkAt = at;
  packet.transportAt = inner;
  packet.length += ipv4.HEADER_LEN;
  packet.hash = 0;
  const id = ns.host.identifications.next(src, dst, ipv4.PROTO_IPIP);
  ipv4.write(view, at, tos, packet.length, id, df, ttl, ipv4.PROTO_IPIP, src, dst);
  ns.world.pool.renumber(packet);
  ns.note(packet, Verdict.encapsulated, connection.ref);
  mark(ipvs, connection, packet, false);
  send(ipvs, packet, way.route, dst);
}
