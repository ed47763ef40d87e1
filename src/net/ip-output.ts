import type { Identification } from "../sim/leg.ts";
import { type Packet, PacketFlag } from "../sim/packet.ts";
import type { EntryRef } from "../sim/registry.ts";
import { Verdict } from "../sim/verdict.ts";
import * as ipv4 from "../wire/ipv4.ts";
import * as ip from "../wire/ipv4-address.ts";
import { isLocal } from "./address-type.ts";
import { directRoute } from "./direct-route.ts";
import * as fragment from "./fragment.ts";
import * as groupOutput from "./group-output.ts";
import type { Errno } from "./kernel-error.ts";
import type { NetDevice } from "./net-device.ts";
import type { NetworkNamespace } from "./network-namespace.ts";
import type { Route } from "./route.ts";
import type { RouteException } from "./route-exceptions.ts";
import { Scope } from "./route-kind.ts";
import type { Way } from "./way.ts";

const { HEADER_LEN } = ipv4;
/** No datagram is longer, whatever the device says (IP_MAX_MTU). */
const MAX_MTU = 65535;
/** What a packet keeps of its flags when it goes out from here. */
const SENDER_FLAGS =
  PacketFlag.ignoreDf |
  PacketFlag.probesMtu |
  PacketFlag.confirms |
  PacketFlag.notLooped |
  PacketFlag.fromSocket |
  PacketFlag.fromKernel;

/**
 * Finds the way out to `dst` (ip_route_output_key); null with `ns.fib.error` set. `src`, `oif`: 0 for any. The answer
 * has type `unicast`, `local`, `broadcast` or `multicast`.
 */
export function route(
  ns: NetworkNamespace,
  dst: number,
  src: number,
  oif: number,
  mark: number,
  tos: number,
): Route | null {
  if (src !== 0 && !ns.own.has(src) && !isLocal(ns, src)) return refuse(ns, "EINVAL");
  const group = ip.isMulticast(dst);
  if (oif !== 0 || group || dst === ip.BROADCAST) return routeFromDevice(ns, dst, src, oif, mark, tos);
  const way = ns.fib.lookup(dst, src, ns.loopback.ifindex, 0, mark, tos);
  if (way === null || src >>> 24 !== 127) return way;
  return loopbackStays(ns, way);
}

/**
 * Out of a device that the sender names, or to a group or all, where the device matters more than the tables. As
 * {@link route}, but `src` may be an address that this host does not have (FLOWI_FLAG_ANYSRC).
 */
export function routeFromDevice(
  ns: NetworkNamespace,
  dst: number,
  src: number,
  oif: number,
  mark: number,
  tos: number,
): Route | null {
  const all = dst === ip.BROADCAST;
  const group = ip.isMulticast(dst);
  let device: NetDevice | null = null;
  if (oif !== 0) {
    device = ns.deviceByIndex(oif);
    if (device === null) return refuse(ns, "ENODEV");
    if (!device.up) return refuse(ns, "ENETUNREACH");
  } else if (src !== 0 && (group || all)) device = deviceOf(ns, src);
  if (device !== null && (all || ip.isLocalMulticast(dst) || (oif === 0 && group)))
    return directRoute(device, all ? "broadcast" : "multicast");
  const way = ns.fib.lookup(dst, src, ns.loopback.ifindex, oif, mark, tos);
  if (way === null) {
    // The sender insists on a device: the destination is taken to be on its link.
    if (device === null) return null;
    return directRoute(device, group ? "multicast" : "unicast");
  }
  if (group || all)
    return way.device === null ? null : directRoute(way.device, all ? "broadcast" : "multicast");
  return src >>> 24 === 127 ? loopbackStays(ns, way) : way;
}

/** 127.0.0.0/8 does not leave the host, unless route_localnet says so. */
function loopbackStays(ns: NetworkNamespace, way: Route): Route | null {
  const device = way.type === "local" ? ns.loopback : way.device!;
  const localnet = device.ipv4.conf.route_localnet | ns.ipv4.allConf.route_localnet;
  return device.loopback || localnet !== 0 ? way : refuse(ns, "EINVAL");
}

function refuse(ns: NetworkNamespace, error: Errno): null {
  ns.fib.refuse(error);
  return null;
}

/** The device that has an address, or null (ip_dev_find). */
export function deviceOf(ns: NetworkNamespace, address: number): NetDevice | null {
  return ns.devices.find((device) => device.ipv4.has(address)) ?? null;
}

/** The address to speak from on this way when the sender has not chosen one (fib_select_path, inet_select_addr). */
export function sourceFor(way: Route, dst: number): number {
  if (way.prefSource !== 0) return way.prefSource;
  if (way.type === "local") return dst;
  const towards = way.type === "multicast" ? 0 : way.gateway !== 0 ? way.gateway : dst;
  return selectSource(way.device!, towards);
}

/**
 * An address of the device to speak from to `dst`, of at most that scope; one that has none borrows another's
 * (inet_select_addr). 0: nobody has.
 */
export function selectSource(device: NetDevice, dst: number, scope: Scope = Scope.link): number {
  const own = device.ipv4.select(dst, scope);
  if (own !== 0) return own;
  for (const other of device.ns.devices)
    for (const a of other.ipv4.addresses)
      if (!a.secondary && a.scope !== Scope.link && a.scope <= scope) return a.address;
  return 0;
}

/** The longest packet that may go this way (ip_dst_mtu_maybe_forward). */
export function mtu(ns: NetworkNamespace, way: Route, dst: number, forwarded: boolean): number {
  const learned = ns.exceptions.empty ? null : learnedMtu(ns, way, dst, forwarded);
  if (learned !== null) return learned.pmtu;
  if (way.mtu !== 0) return way.mtu;
  const device = way.type === "local" ? ns.loopback : way.device!;
  return device.mtu < MAX_MTU ? device.mtu : MAX_MTU;
}

/** The path MTU that holds for a packet; one that is forwarded minds it only when it is locked or the sysctl says so. */
function learnedMtu(
  ns: NetworkNamespace,
  way: Route,
  dst: number,
  forwarded: boolean,
): RouteException | null {
  const known = ns.exceptions.find(dst, way);
  if (known === null || known.pmtu === 0) return null;
  return !forwarded || known.locked || ns.ipv4.ip_forward_use_pmtu !== 0 ? known : null;
}

/** The MTU of this way is not searched, so that who only wishes to search it sends without DF (ip_mtu_locked). */
export function mtuIsLocked(ns: NetworkNamespace, way: Route, dst: number): boolean {
  return way.mtuLocked || (!ns.exceptions.empty && ns.exceptions.find(dst, way)?.locked === true);
}

/** What set that limit: a path MTU that was learned, the route, or the device. */
export function mtuEntry(ns: NetworkNamespace, way: Route, dst: number, forwarded: boolean): EntryRef {
  const learned = learnedMtu(ns, way, dst, forwarded);
  if (learned !== null) return learned.ref;
  return way.mtu !== 0 || way.device === null ? way.ref : way.device.ref;
}

/**
 * Sends a transport packet on a way that its sender has found. To a neighbour that is known, past nobody
 * who looks, it goes at once; {@link send} does the same step by step.
 */
export function sendOn(
  ns: NetworkNamespace,
  packet: Packet,
  way: Way,
  protocol: number,
  tos: number,
  ttl: number,
  flags: number,
  identification: Identification,
): void {
  const { neighbour, route, source, dst } = way;
  if (neighbour === null || packet.length + HEADER_LEN > way.mtu) {
    ns.fib.decidedBy = way.rule;
    ns.fib.decidedFor = route;
    send(ns, packet, route, source, dst, protocol, tos, ttl, flags, identification.next());
    return;
  }
  pushHeader(packet, protocol, tos, ttl, flags, identification.next(), source, dst);
  const { leg } = ns.world;
  if (leg !== null) {
    leg.allows(packet, way.mtu);
    leg.pushesIpv4(packet, identification);
  }
  if (!ns.hooks.output.empty || !ns.hooks.postrouting.empty) {
    passOutput(ns, packet, route, dst, way.rule);
    return;
  }
  ns.snmp.outTransmitted(ns.world.leg);
  const tap = ns.world.tap;
  if (tap !== null) {
    if (way.rule !== 0) tap.record(ns.place, packet, Verdict.ruled, way.rule);
    tap.record(ns.place, packet, Verdict.routed, route.ref);
  }
  neighbour.output(packet);
}

/**
 * Sends a transport packet (`packet.at` at its header): puts the IPv4 header in front and passes it through OUTPUT
 * (ip_local_out). `flags` are those of the fragment field.
 */
export function send(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  src: number,
  dst: number,
  protocol: number,
  tos: number,
  ttl: number,
  flags: number,
  identification: number,
): void {
  pushHeader(packet, protocol, tos, ttl, flags, identification, src, dst);
  sendHeaded(ns, packet, way, dst);
}

function pushHeader(
  packet: Packet,
  protocol: number,
  tos: number,
  ttl: number,
  flags: number,
  identification: number,
  src: number,
  dst: number,
): void {
  const at = packet.at - HEADER_LEN;
  const length = packet.length + HEADER_LEN;
  packet.transportAt = packet.at;
  packet.networkAt = at;
  packet.at = at;
  packet.length = length;
  packet.device = null;
  packet.fragmentMax = 0;
  packet.flags &= SENDER_FLAGS;
  ipv4.write(packet.view, at, tos, length, identification, flags, ttl, protocol, src, dst);
}

/** Sends a packet from here that has its IPv4 header already; `packet.at` and `networkAt` are there. */
export function sendHeaded(ns: NetworkNamespace, packet: Packet, way: Route, dst: number): void {
  ns.world.leg = null;
  packet.device = null;
  packet.fragmentMax = 0;
  packet.flags &= SENDER_FLAGS;
  passOutput(ns, packet, way, dst, ns.fib.ruleOf(way));
}

/** Passes OUTPUT and what comes behind it. `rule`: the policy rule that led to the route, or 0. */
function passOutput(ns: NetworkNamespace, packet: Packet, way: Route, dst: number, rule: EntryRef): void {
  const hook = ns.hooks.output;
  if (!hook.empty && !hook.run(packet, null, way.type === "local" ? ns.loopback : way.device)) return;
  if ((packet.flags & PacketFlag.reroute) !== 0) {
    routeAgain(ns, packet);
    return;
  }
  const tap = ns.world.tap;
  if (tap !== null) {
    if (rule !== 0) tap.record(ns.place, packet, Verdict.ruled, rule);
    tap.record(ns.place, packet, Verdict.routed, way.ref);
  }
  output(ns, packet, way, dst);
}

/** A hook changed the destination, the mark or the ToS of what is sent from here: the way is found again (ip_route_me_harder). */
function routeAgain(ns: NetworkNamespace, packet: Packet): void {
  const { view, networkAt } = packet;
  ns.world.leg = null;
  packet.flags &= ~PacketFlag.reroute;
  const dst = ipv4.dst(view, networkAt);
  const src = ipv4.src(view, networkAt);
  const way = route(ns, dst, isLocal(ns, src) ? src : 0, 0, packet.mark, ipv4.tos(view, networkAt) & 0xfc);
  if (way === null) {
    ns.drop(packet, Verdict.IP_OUTNOROUTES, ns.fib.refusedBy);
    return;
  }
  const rule = ns.fib.ruleOf(way);
  if (rule !== 0) ns.note(packet, Verdict.ruled, rule);
  ns.note(packet, Verdict.routed, way.ref);
  output(ns, packet, way, dst);
}

/** Sends an IP packet (`packet.at` at its IP header) on its way: POSTROUTING, fragments, neighbour (ip_output). */
export function output(ns: NetworkNamespace, packet: Packet, way: Route, dst: number): void {
  const type = way.type;
  const device: NetDevice = type === "local" ? ns.loopback : way.device!;
  if (type !== "unicast" || !ns.exceptions.empty) ns.world.leg = null;
  if ((type === "broadcast" || type === "multicast") && !groupOutput.loop(ns, packet, way, device, dst))
    return;
  const postrouting = ns.hooks.postrouting;
  if (!postrouting.empty && !postrouting.run(packet, null, device)) return;
  const flags = packet.flags;
  const limit =
    (flags & PacketFlag.probesMtu) !== 0
      ? device.mtu
      : mtu(ns, way, dst, (flags & PacketFlag.forwarded) !== 0);
  const { leg } = ns.world;
  if (leg !== null) leg.allows(packet, limit);
  if (packet.length > limit || packet.fragmentMax !== 0) {
    ns.world.leg = null;
    fragment.output(ns, packet, way, device, dst, limit);
  } else finish(ns, packet, way, device, dst);
}

/** The last step: to the neighbour (ip_finish_output2). */
export function finish(
  ns: NetworkNamespace,
  packet: Packet,
  way: Route,
  device: NetDevice,
  dst: number,
): void {
  ns.snmp.outTransmitted(ns.world.leg);
  if (!ns.exceptions.empty) noteRedirect(ns, packet, way, dst);
  ns.neighbours.output(packet, device, nexthop(ns, way, dst));
}

/** A router once showed a better one: that is what decides. */
function noteRedirect(ns: NetworkNamespace, packet: Packet, way: Route, dst: number): void {
  const known = ns.exceptions.find(dst, way);
  if (known !== null && known.gateway !== 0) ns.note(packet, Verdict.routed, known.ref);
}

/** Who gets the packet next: a redirect's gateway, the route's, or the destination itself (rt_nexthop). */
export function nexthop(ns: NetworkNamespace, way: Route, dst: number): number {
  const exceptions = ns.exceptions;
  if (!exceptions.empty) {
    const known = exceptions.find(dst, way);
    if (known !== null && known.gateway !== 0) return known.gateway;
  }
  return way.gateway !== 0 ? way.gateway : dst;
}
